/**
 * The second webhook: are the faults annotated on a pod sentences of the language? A bad one is refused when it is
 * written, with every problem, where the sidecar could only list it as refused.
 *
 *     fault.havock8s.io/slow: column 6: no effect of the disk server is called latensy; did you mean "latency"?
 */

import { isObject } from '../../core/json.js';
import { faultPrefix } from '../../core/keys.js';
import type { Fault } from '../../faults/fault.js';
import { faultNameRule, isFaultName } from '../../faults/fault-name.js';
import { parse } from '../../faults/parse.js';
import { needsController } from '../../faults/values/peer.js';
import { wayOut } from '../../faults/way-out.js';
import { webhookLimits } from '../limits.js';
import { outOfReach } from './out-of-reach.js';

export type FaultJudgement =
  | { readonly kind: 'allow'; readonly warnings: readonly string[] }
  | { readonly kind: 'refuse'; readonly problems: readonly AnnotationProblem[] };

export interface AnnotationProblem {
  /** The annotation's key. */
  readonly key: string;
  /** From 1, in UTF-16 units of the value; null where the key is wrong, or the sentence is right and of no use there. */
  readonly column: number | null;
  /** One sentence without a full stop. */
  readonly message: string;
}

/** `oldObject` is null at CREATE. What did not change is not judged: it may stem from another version. */
export function judgeFaults({ object, oldObject }: { object: unknown; oldObject: unknown }): FaultJudgement {
  const [annotations, before] = [annotationsOf(object), annotationsOf(oldObject)];
  const changed = [...annotations].filter(
    ([key, value]) => key.startsWith(faultPrefix) && before.get(key) !== value,
  );
  const judged = changed
    .slice(0, webhookLimits.faultAnnotations)
    .map(([key, sentence]) => judge(key, sentence));
  const problems = judged.flatMap((judgement) => judgement.problems);
  if (problems.length > 0) return { kind: 'refuse', problems };
  const faults = judged.flatMap(({ key, fault }) => (fault === null ? [] : [{ key, fault }]));
  return { kind: 'allow', warnings: outOfReach(faults, annotations) };
}

/** As `kubectl annotate` shows it. */
export const refusalMessage = (problems: readonly AnnotationProblem[]): string =>
  problems
    .map(({ key, column, message }) => `${key}: ${column === null ? '' : `column ${column}: `}${message}`)
    .join('\n');

interface Judged {
  readonly key: string;
  readonly fault: Fault | null;
  readonly problems: readonly AnnotationProblem[];
}

function judge(key: string, sentence: unknown): Judged {
  const about = (column: number | null, message: string): AnnotationProblem => ({ key, column, message });
  if (!isFaultName(key.slice(faultPrefix.length)))
    return { key, fault: null, problems: [about(null, faultNameRule)] };
  if (typeof sentence !== 'string')
    return { key, fault: null, problems: [about(null, 'expected a sentence')] };
  const parsed = parse(sentence);
  if (parsed.kind === 'fault') {
    const { fault } = parsed;
    const reason = fault.plane === 'tcp' ? needsController(fault.match) : null;
    return { key, fault, problems: reason === null ? [] : [about(null, reason)] };
  }
  return {
    key,
    fault: null,
    problems: parsed.problems.map((problem) => about(problem.column, wayOut(problem))),
  };
}

function annotationsOf(object: unknown): ReadonlyMap<string, unknown> {
  const metadata = isObject(object) ? object['metadata'] : undefined;
  const annotations = isObject(metadata) ? metadata['annotations'] : undefined;
  return new Map(isObject(annotations) ? Object.entries(annotations) : []);
}
