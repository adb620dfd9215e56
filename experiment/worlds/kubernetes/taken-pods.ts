/** Which pods a step takes: those that it is done to, and that cannot work through it. */
import type { DiskEffectKind, TcpEffectKind } from '../../../faults/fault.js';
import type { Run } from '../../engine/run.js';
import type { Change, PlannedStep } from '../../file/planned-steps.js';
import type { PodView } from './pod-view.js';

/** By name: those that are hit, and all that the target means. */
export type Targets = ReadonlyMap<
  string,
  { readonly hit: readonly PodView[]; readonly all: readonly PodView[] }
>;

type OnTargets = Extract<PlannedStep['action'], { readonly on: string | null }>;

/** Pods of a step: of its target, or of the only one. */
export function hitBy(action: PlannedStep['action'], targets: Targets): readonly PodView[] {
  if (!isOnTargets(action)) return [];
  const [only] = targets.keys();
  return targets.get(action.on ?? only ?? '')?.hit ?? [];
}

const isOnTargets = (action: PlannedStep['action']): action is OnTargets =>
  action.kind === 'fault' || action.kind === 'change';

export const isOfNode = (action: PlannedStep['action']): boolean =>
  (action.kind === 'fault' && action.onNodes) || (action.kind === 'change' && takesNode[action.change.kind]);

const takesNode: Readonly<Record<Change['kind'], boolean>> = {
  ...{ delete: false, restart: false, scale: false },
  ...{ cordon: false, drain: true, taint: true, isolate: true },
};

/** What an effect only slows goes on. */
const slowsOnly: Readonly<Record<DiskEffectKind | TcpEffectKind, boolean>> = {
  ...{ latency: true, throttle: true, short: true, bandwidth: true, slice: true, 'slow-close': true },
  ...{ error: false, corrupt: false, full: false, freeze: false, readonly: false },
  ...{ reset: false, blackhole: false, refuse: false, partition: false, loss: false, limit: false },
};

const isTaking = (action: OnTargets): boolean =>
  action.kind === 'fault' ? !slowsOnly[action.sentence.fault.effect.kind] : action.change.kind !== 'cordon';

export function takenBy(group: readonly PlannedStep[], targets: Targets): readonly PodView[] {
  const taken = group.flatMap(({ action }) =>
    isOnTargets(action) && isTaking(action) ? hitBy(action, targets) : [],
  );
  return [...new Map(taken.map((pod) => [pod.uid, pod])).values()];
}

/** For each step, it and those that may go on at the same time: neither must have ended for the other to begin. */
export function together(steps: readonly PlannedStep[]): readonly (readonly PlannedStep[])[] {
  const before = new Map<string, ReadonlySet<string>>();
  for (const { id, after } of steps)
    before.set(id, new Set(after.flatMap((one) => [one, ...(before.get(one) ?? [])])));
  const isBefore = (one: string, other: string): boolean => before.get(other)?.has(one) ?? false;
  return steps.map(({ id }) => steps.filter((other) => !isBefore(id, other.id) && !isBefore(other.id, id)));
}

/** Those that go on or begin next, where one that begins takes pods; else none. */
export function beginning(
  steps: readonly PlannedStep[],
  { steps: known }: Pick<Run, 'steps'>,
): readonly PlannedStep[] {
  const hasEnded = (id: string): boolean => (known.get(id)?.ended ?? null) !== null;
  const going = steps.filter(({ id, after }) => !hasEnded(id) && (known.has(id) || after.every(hasEnded)));
  const takes = ({ id, action }: PlannedStep): boolean =>
    !known.has(id) && isOnTargets(action) && isTaking(action);
  return going.some(takes) ? going : [];
}

/** Targets whose workload is scaled: whichever pods they hit, all of the workload are theirs meanwhile. */
export const scaledTargets = (
  steps: readonly PlannedStep[],
  targets: Iterable<string>,
): ReadonlySet<string> => {
  const [only = ''] = targets;
  return new Set(
    steps.flatMap(({ action }) =>
      action.kind === 'change' && action.change.kind === 'scale' ? [action.on ?? only] : [],
    ),
  );
};

/** All pods of whoever owns some of them. */
export function siblingsOf(some: readonly PodView[], pods: readonly PodView[]): readonly PodView[] {
  const owners = new Set(some.map(({ owner }) => owner?.uid));
  return pods.filter(({ owner }) => owner !== null && owners.has(owner.uid));
}

export const everyPod = (targets: Targets): readonly PodView[] => [
  ...new Map([...targets.values()].flatMap(({ hit }) => hit.map((pod) => [pod.uid, pod] as const))).values(),
];

export const nodesOf = (pods: readonly PodView[]): readonly string[] => [
  ...new Set(pods.map(({ node }) => node).filter((node) => node !== '')),
];

export const namesOf = (pods: readonly PodView[]): string => pods.map(({ name }) => name).join(', ');
