/**
 * The pods of a namespace as they are until one of them changes: put in order once, since every run of the namespace looks at
 * them once a second, and there may be thousands of both.
 */
import type { OwnerReference } from '../../../kube/kube-object.js';
import type { TargetSpec } from '../../file/target.js';
import type { PodView } from './pod-view.js';
import type { OwnersOf } from './resolve-targets.js';

export interface PodsNow {
  readonly pods: readonly PodView[];
  /** Of pods, each once. */
  readonly owners: readonly OwnerReference[];
  /** By the UID of an owner. */
  readonly owned: ReadonlyMap<string, readonly PodView[]>;
  /** By the UID of an owner: so many pods it has that are not ending. */
  readonly members: ReadonlyMap<string, number>;
}

export function podsNow(pods: readonly PodView[]): PodsNow {
  const owners = new Map<string, OwnerReference>();
  const owned = new Map<string, PodView[]>();
  const members = new Map<string, number>();
  for (const pod of pods) {
    const { owner, isEnding } = pod;
    if (owner === null) continue;
    owners.set(owner.uid, owner);
    const siblings = owned.get(owner.uid);
    if (siblings === undefined) owned.set(owner.uid, [pod]);
    else siblings.push(pod);
    if (!isEnding) members.set(owner.uid, (members.get(owner.uid) ?? 0) + 1);
  }
  return { pods, owners: [...owners.values()], owned, members };
}

/** Among them are all that the target may mean. */
export function candidatesOf(
  { workload }: TargetSpec,
  { pods, owners, owned }: PodsNow,
  ownersOf: OwnersOf,
): readonly PodView[] {
  if (workload === undefined) return pods;
  return owners
    .filter((owner) =>
      [owner, ...ownersOf(owner)].some(({ kind, name }) => kind === workload.kind && name === workload.name),
    )
    .flatMap(({ uid }) => owned.get(uid) ?? []);
}
