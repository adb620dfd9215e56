/**
 * What is written on a node that is cordoned or tainted by a run: whose it is, until when, and how it was before. So whoever
 * comes can end it, also when the run, its journal and its controller are gone.
 */
import * as z from 'zod';
import type { Node, RunReference } from './node-objects.js';

/** Annotations of a node. */
export const nodeMarks = { cordon: 'havock8s.io/cordon', taint: 'havock8s.io/taint' } as const;
export type MarkKind = keyof typeof nodeMarks;

/** A taint bears the uid of its run as its value. */
export const taintKey = 'havock8s.io/experiment';

export interface NodeMark {
  readonly run: RunReference;
  /** Two steps of a run are two holders. */
  readonly step: string;
  readonly untilMs: number;
  /** Of a cordon: was the node cordoned before, by somebody else? */
  readonly wasUnschedulable: boolean;
}

const shape = z.object({
  run: z.object({ namespace: z.string(), name: z.string(), uid: z.string() }),
  step: z.string(),
  until: z.iso.datetime(),
  wasUnschedulable: z.boolean().default(false),
});

export function writeMark({
  run: { namespace, name, uid },
  step,
  untilMs,
  wasUnschedulable,
}: NodeMark): string {
  const until = new Date(untilMs).toISOString();
  return JSON.stringify({ run: { namespace, name, uid }, step, until, wasUnschedulable });
}

/** Null: there is none. `unreadable`: somebody changed it, and nobody knows any more what to put back. */
export function readMark({ metadata }: Node, kind: MarkKind): NodeMark | 'unreadable' | null {
  const text = metadata.annotations?.[nodeMarks[kind]];
  if (text === undefined) return null;
  const { data } = shape.safeParse(parsed(text));
  if (data === undefined) return 'unreadable';
  const { run, step, until, wasUnschedulable } = data;
  return { run, step, untilMs: Date.parse(until), wasUnschedulable };
}

/** Of the same step of the same run. */
export const isOwnMark = (
  mark: NodeMark | 'unreadable' | null,
  { run, step }: Pick<NodeMark, 'run' | 'step'>,
): mark is NodeMark =>
  mark !== null && mark !== 'unreadable' && mark.run.uid === run.uid && mark.step === step;

export const saysOfMark = (mark: NodeMark | 'unreadable', kind: MarkKind): string =>
  mark === 'unreadable'
    ? `marked by the annotation ${nodeMarks[kind]}, in words that cannot be read`
    : `held by step ${mark.step} of experiment ${mark.run.namespace}/${mark.run.name} until ${new Date(mark.untilMs).toISOString()}`;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
