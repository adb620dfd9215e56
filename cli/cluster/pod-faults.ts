/**
 * The faults of one pod: what its annotations ask for, and what its sidecar says of it. Pure.
 *
 *     annotations ─┐
 *                  ├─► a row for each fault; of a sidecar that cannot be asked, what the annotations alone say
 *     sidecar ─────┘
 */
import { parse } from '../../faults/parse.js';
import type { ShownFault } from '../client/answers.js';
import type { ClusterPod } from './cluster-pod.js';
import type { SidecarAnswer } from './sidecar-reader.js';

export interface PodFaults {
  readonly namespace: string;
  readonly pod: string;
  readonly node: string | null;
  /** Why the sidecar could not be asked; null where it has answered. */
  readonly unknown: string | null;
  readonly faults: readonly PodFault[];
}

export interface PodFault
  extends Pick<ShownFault, 'name' | 'source' | 'sentence' | 'reason' | 'problems' | 'remarks'> {
  /** `pending`: annotated, and the sidecar does not list it yet. `unknown`: the sidecar could not be asked. */
  readonly state: ShownFault['state'] | 'pending' | 'unknown';
  /** Null where nobody has said. */
  readonly startedAt: string | null;
  readonly endsAt: string | null;
  readonly remainingMs: number | null;
  readonly tallies: ShownFault['tallies'] | null;
}

export function faultsOfPod(pod: ClusterPod, answer: SidecarAnswer, nowMs: number): PodFaults {
  const { namespace, name, node, annotated } = pod;
  const known = answer.kind === 'faults' ? answer.faults : [];
  const listed = new Set(known.filter(({ source }) => source === 'annotation').map((fault) => fault.name));
  const state = answer.kind === 'faults' ? 'pending' : 'unknown';
  const others = [...annotated]
    .filter(([fault]) => !listed.has(fault))
    .map(([fault, sentence]) => asAnnotated(fault, sentence, { state, nowMs }));
  return {
    ...{ namespace, pod: name, node },
    unknown: answer.kind === 'faults' ? null : answer.why,
    faults: [...known.map(asListed), ...others].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** What a fault may still do: it is armed, or nobody knows. */
export const mayBeArmed = ({ state }: PodFault): boolean =>
  state === 'armed' || state === 'pending' || state === 'unknown';

function asListed(fault: ShownFault): PodFault {
  const {
    name,
    source,
    sentence,
    state,
    reason,
    startedAt,
    endsAt,
    remainingMs,
    tallies,
    problems,
    remarks,
  } = fault;
  return {
    name,
    source,
    sentence,
    state,
    reason,
    startedAt,
    endsAt,
    remainingMs,
    tallies,
    problems,
    remarks,
  };
}

interface Unlisted {
  readonly state: 'pending' | 'unknown';
  readonly nowMs: number;
}

function asAnnotated(name: string, sentence: string, { state, nowMs }: Unlisted): PodFault {
  const endMs = untilOf(sentence);
  return {
    ...{ name, source: 'annotation' as const, sentence, state, reason: null, startedAt: null },
    endsAt: endMs === null ? null : new Date(endMs).toISOString(),
    remainingMs: endMs === null ? null : Math.max(0, endMs - nowMs),
    ...{ tallies: null, problems: [], remarks: [] },
  };
}

/** The end that the sentence itself names. */
function untilOf(sentence: string): number | null {
  const parsed = parse(sentence);
  if (parsed.kind === 'problems' || parsed.fault.deadline.kind !== 'until') return null;
  return parsed.fault.deadline.epochMs;
}
