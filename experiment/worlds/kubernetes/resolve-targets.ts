/**
 * Which pods the targets of a file are, of those that are there now. Pure: asked twice, it answers the same, so that
 * `mode: one` is the same pod however often it is looked at.
 *
 *     all pods of the namespace ─ workload | selector | pods | claim | node ─► found ─ exclude ─ role ─ mode ─► places
 */

import type { OwnerReference } from '../../../kube/kube-object.js';
import { selects } from '../../../kube/label-selector.js';
import type { SelectorSpec, TargetSpec } from '../../file/target.js';
import type { Place } from '../../journal/events.js';
import type { PodView } from './pod-view.js';
import { describeState, type RoleReading } from './roles/role.js';

/** Who owns an owner, such as the Deployment of a ReplicaSet: from the nearest on. */
export type OwnersOf = (owner: OwnerReference) => readonly OwnerReference[];

export interface Target {
  readonly spec: TargetSpec;
  /** All that are meant, whatever their role and the mode. */
  readonly all: readonly PodView[];
  /** Null: nobody asked. */
  readonly roles: RoleReading | null;
  /** Those that are hit. */
  readonly hit: readonly PodView[];
}

/** Why a target has no pods, and whether waiting may help; null: each has some. */
export type Missing = { readonly message: string; readonly mayCome: boolean } | null;

export function targetOf(spec: TargetSpec, all: readonly PodView[], roles: RoleReading | null): Target {
  const fitting = roles === null ? all : all.filter(({ name }) => hasRole(spec, roles, name));
  return { spec, all, roles, hit: chosen(spec, fitting) };
}

const hasRole = ({ role }: TargetSpec, { pods }: RoleReading, name: string): boolean => {
  const { kind = 'unknown' } = pods.get(name) ?? {};
  if (role === undefined || role.is === 'any') return true;
  return kind === (role.is === 'leader' ? 'primary' : role.is);
};

export function missingOf(targets: readonly Target[], inNamespace: number): Missing {
  const empty = targets.find(({ hit }) => hit.length === 0);
  if (empty === undefined) return null;
  const { spec, all, roles } = empty;
  if (roles === null || all.length === 0)
    return { message: nothingFound(spec, inNamespace), mayCome: spec.emptyTargets === 'wait' };
  // During a failover nobody is the primary for a while.
  return {
    message: `target ${spec.name} has no ${spec.role?.is} now: ${describeState(roles)}`,
    mayCome: true,
  };
}

/** Numbers in names count as numbers. Made once: `localeCompare` makes one for every two names. */
const byName = new Intl.Collator('en', { numeric: true });

/** Before `mode`: all that are meant, in the order of their names. */
export function found(target: TargetSpec, pods: readonly PodView[], ownersOf: OwnersOf): readonly PodView[] {
  const { exclude } = target;
  const isMeant = meaning(target, ownersOf);
  return pods
    .filter((pod) => !pod.isEnding && isMeant(pod))
    .filter((pod) => !exclude?.pods.includes(pod.name) && !isSelected(exclude?.selector, pod))
    .toSorted((one, other) => byName.compare(one.name, other.name));
}

/** Each run asks it of every pod of its namespace, once a second. */
function meaning(
  { workload, ordinals, selector, pods, claim, node }: TargetSpec,
  ownersOf: OwnersOf,
): (pod: PodView) => boolean {
  if (workload) {
    const isOwned = ownedBy(workload, ownersOf);
    return (pod) => isOwned(pod) && (ordinals === undefined || ordinals.includes(ordinalOf(pod)));
  }
  if (selector) return (pod) => isSelected(selector, pod);
  if (pods) return (pod) => pods.includes(pod.name);
  if (claim !== undefined) return (pod) => pod.claims.includes(claim);
  return (pod) => node !== undefined && pod.node === node && pod.isInjected;
}

/** Pods of one owner have the same answer, which is looked for once. */
function ownedBy(
  workload: NonNullable<TargetSpec['workload']>,
  ownersOf: OwnersOf,
): (pod: PodView) => boolean {
  const known = new Map<string, boolean>();
  return (pod) => {
    const { owner } = pod;
    if (owner === null) return false;
    const before = known.get(owner.uid);
    if (before !== undefined) return before;
    const isOwned = ownersOfPod(pod, ownersOf).some(
      ({ kind, name }) => kind === workload.kind && name === workload.name,
    );
    known.set(owner.uid, isOwned);
    return isOwned;
  };
}

export const ownersOfPod = ({ owner }: PodView, ownersOf: OwnersOf): readonly OwnerReference[] =>
  owner === null ? [] : [owner, ...ownersOf(owner)];

const isSelected = (selector: SelectorSpec | undefined, { labels }: PodView): boolean =>
  selector !== undefined && selects(selector, labels);

/** As a StatefulSet numbers its pods; -1 where there is no number. */
const ordinalOf = ({ name }: PodView): number => Number(/-(\d+)$/.exec(name)?.[1] ?? -1);

function chosen({ mode }: TargetSpec, pods: readonly PodView[]): readonly PodView[] {
  return pods.slice(0, amountOf(mode === 'one' ? 1 : mode === 'all' ? '100%' : mode, pods.length));
}

/** `2` or `30%` of so many; of a share at least one, and no half of a pod. */
export function amountOf(amount: number | string, all: number): number {
  const text = String(amount);
  if (!text.endsWith('%')) return Number(text);
  return Math.max(1, Math.floor((all * Number.parseInt(text, 10)) / 100));
}

export const placeOf = ({ name, uid, node }: PodView, roles: RoleReading | null): Place => ({
  ...{ pod: name, uid, node, role: roles?.pods.get(name)?.kind ?? null },
});

function nothingFound(target: TargetSpec, inNamespace: number): string {
  const { name, workload, selector, pods: names, claim, node, exclude } = target;
  const without = exclude === undefined ? '' : ', and those that exclude leaves';
  const what = workload
    ? `of ${workload.kind} ${workload.name}${target.ordinals ? ` with the ordinals ${target.ordinals.join(', ')}` : ''}`
    : selector
      ? `with the labels ${labelsOf(selector)}`
      : names
        ? `called ${names.join(', ')}`
        : claim === undefined
          ? `injected on node ${node}`
          : `with the claim ${claim}`;
  return `target ${name} has no pods: found none ${what}${without}, of ${inNamespace} in the namespace`;
}

const labelsOf = ({ matchLabels, matchExpressions }: SelectorSpec): string =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values }) => `${key} ${operator} ${values.join(',')}`.trim()),
  ].join(', ');
