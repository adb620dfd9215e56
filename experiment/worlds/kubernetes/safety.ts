/**
 * Why a run may not begin, each in a sentence with the names and the numbers, and with what to do. Pure.
 *
 * A pod counts as taken while a step is done to it that it cannot work through: deleted, cut off, with a disk that fails.
 * What only slows it does not take it. Steps that may go on at the same time take together.
 */

import { ledgerLabel, ledgerValue, protectedLabel } from '../../../core/keys.js';
import type { OwnerReference } from '../../../kube/kube-object.js';
import { type LabelSelector, selects } from '../../../kube/label-selector.js';
import type { PlannedStep } from '../../file/planned-steps.js';
import type { SafetyCheck, SafetySpec } from '../../file/safety.js';
import { nextWindowMs } from '../../schedule/windows.js';
import type { PodView } from './pod-view.js';
import { amountOf } from './resolve-targets.js';
import { majorityOf, quorumAfter } from './roles/quorum/quorum-after.js';
import type { VotersAsked } from './roles/quorum/voters-asked.js';
import {
  everyPod,
  hitBy,
  isOfNode,
  namesOf,
  nodesOf,
  scaledTargets,
  siblingsOf,
  type Targets,
  takenBy,
  together,
} from './taken-pods.js';

export interface Budget {
  readonly name: string;
  readonly selector: LabelSelector | undefined;
  readonly allowed: number;
}

export interface SafetyFacts {
  readonly safety: SafetySpec;
  readonly steps: readonly PlannedStep[];
  readonly namespace: { readonly name: string; readonly isOptedIn: boolean; readonly isProtected: boolean };
  readonly targets: Targets;
  /** Of the namespace. */
  readonly pods: readonly PodView[];
  readonly budgets: readonly Budget[];
  /** By the name of the target: who votes in its database, where it was asked. */
  readonly voters: ReadonlyMap<string, VotersAsked>;
  /** By the UID of what owns them: so many pods it had when the run began. */
  readonly membersOf: (owner: string) => number;
  /** Names of claims that are not to be touched. */
  readonly protectedClaims: ReadonlySet<string>;
  /** Of other runs: by UID of the pod, the run's name. */
  readonly otherRuns: ReadonlyMap<string, string>;
  readonly wallMs: number;
}

export function refusals(facts: SafetyFacts): readonly string[] {
  const isOn = (check: SafetyCheck): boolean => !facts.safety.allow.includes(check);
  return [
    ...outsideWindows(facts),
    ...untouchable(facts),
    ...notInjected(facts),
    ...tooManyNodes(facts),
    ...(isOn('share') ? tooLargeShare(facts) : []),
    ...together(facts.steps).flatMap((group) => quorumLost(group, facts)),
    ...(isOn('budget') ? budgetsBroken(facts) : []),
    ...(isOn('overlap') ? overlapping(facts) : []),
  ]
    .map((message, index, all) => (all.indexOf(message) === index ? message : ''))
    .filter((text) => text !== '');
}

export type QuorumFacts = Pick<SafetyFacts, 'safety' | 'targets' | 'pods' | 'voters' | 'membersOf'>;

/** What steps that go on at the same time would take of a quorum. */
export function quorumLost(group: readonly PlannedStep[], facts: QuorumFacts): readonly string[] {
  return facts.safety.allow.includes('quorum')
    ? []
    : [...votesLost(group, facts), ...majorityLost(group, facts)];
}

/** Once the first fault is on. */
export function unsafeNow(
  { minimumHealthy }: SafetySpec,
  targets: ReadonlyMap<string, { readonly all: readonly PodView[]; readonly atFirst: number }>,
): readonly string[] {
  if (minimumHealthy === undefined) return [];
  return [...targets].flatMap(([name, { all, atFirst }]) => {
    const ready = all.filter(({ isReady }) => isReady).length;
    const least = amountOf(minimumHealthy, atFirst);
    return ready >= least
      ? []
      : [
          `${ready} of ${atFirst} pods of target ${name} are ready; safety.minimumHealthy is ${minimumHealthy}`,
        ];
  });
}

function outsideWindows({ safety: { allowedWindows }, wallMs }: SafetyFacts): readonly string[] {
  if (allowedWindows.length === 0) return [];
  const nextMs = nextWindowMs(allowedWindows, wallMs);
  if (nextMs === wallMs) return [];
  const next = nextMs === null ? 'never' : `at ${new Date(nextMs).toISOString().replace(':00.000Z', 'Z')}`;
  return [`it is outside of safety.allowedWindows; the next one begins ${next}`];
}

function untouchable({ namespace, targets, protectedClaims }: SafetyFacts): readonly string[] {
  const rule = `has the label ${protectedLabel}: "true", and is never touched`;
  if (namespace.isProtected) return [`namespace ${namespace.name} ${rule}`];
  return everyPod(targets).flatMap(({ name, labels, claims }) => {
    if (labels[protectedLabel] === 'true') return [`pod ${name} ${rule}; leave it out by exclude`];
    if (labels[ledgerLabel] === ledgerValue)
      return [
        `pod ${name} keeps ledgers (label ${ledgerLabel}), and is never touched; leave it out by exclude`,
      ];
    const claim = claims.find((one) => protectedClaims.has(one));
    return claim === undefined
      ? []
      : [`the claim ${claim} of pod ${name} ${rule}; leave the pod out by exclude`];
  });
}

function notInjected({ namespace, targets, steps }: SafetyFacts): readonly string[] {
  const faulty = [...new Set(steps.flatMap(({ action }) => (action.kind === 'fault' ? [action] : [])))];
  const pods = faulty.flatMap((action) => hitBy(action, targets));
  if (pods.length === 0) return [];
  if (!namespace.isOptedIn)
    return [
      `namespace ${namespace.name} has not opted in; do: kubectl label namespace ${namespace.name} havock8s.io/injection=enabled, and restart its pods`,
    ];
  const without = [...new Set(pods.filter(({ isInjected }) => !isInjected).map(({ name }) => name))];
  return without.length === 0
    ? []
    : [
        `${without.join(', ')} ${without.length === 1 ? 'has' : 'have'} no sidecar; annotate the pod template with havock8s.io/inject: "true", and restart the pods`,
      ];
}

function tooManyNodes({ safety: { maxNodes }, steps, targets }: SafetyFacts): readonly string[] {
  return together(steps).flatMap((group) => {
    const nodes = new Set(
      group.filter(({ action }) => isOfNode(action)).flatMap(({ action }) => nodesOf(hitBy(action, targets))),
    );
    return nodes.size <= maxNodes
      ? []
      : [
          `${nodes.size} nodes would be lost together (${[...nodes].join(', ')}); safety.maxNodes is ${maxNodes}`,
        ];
  });
}

function tooLargeShare({ safety: { maxPods }, steps, targets }: SafetyFacts): readonly string[] {
  return together(steps).flatMap((group) =>
    [...targets].flatMap(([name, { all }]) => {
      const names = new Set(all.map((pod) => pod.name));
      const taken = takenBy(group, targets).filter((pod) => names.has(pod.name));
      const most = Math.max(String(maxPods) === '0' ? 0 : 1, amountOf(maxPods, all.length));
      return taken.length <= most
        ? []
        : [
            `${taken.length} of ${all.length} pods of target ${name} would be taken together (${namesOf(taken)}); safety.maxPods is ${maxPods}, which is ${most}`,
          ];
    }),
  );
}

/** By the word of the database itself. */
function votesLost(group: readonly PlannedStep[], { targets, voters }: QuorumFacts): readonly string[] {
  const taken = takenBy(group, targets).map(({ name }) => name);
  return [...voters].flatMap(([target, asked]) => {
    const isTaking = targets.get(target)?.all.some(({ name }) => taken.includes(name)) ?? false;
    if (!isTaking) return [];
    if (asked.kind === 'unknown')
      return [
        `${asked.why}; so nobody can say whether target ${target} keeps its quorum without ${taken.join(', ')}`,
      ];
    const after = quorumAfter(asked.membership, taken);
    return after.kind === 'kept' ? [] : [after.why];
  });
}

/** Of whatever numbers its pods, and has three or more: a majority of two is both. Not where a database has said who votes. */
function majorityLost(
  group: readonly PlannedStep[],
  { targets, pods, voters, membersOf }: QuorumFacts,
): readonly string[] {
  const unasked = new Map([...targets].filter(([name]) => !voters.has(name)));
  const taken = new Set(takenBy(group, targets).map(({ uid }) => uid));
  if (taken.size === 0) return [];
  return sets(everyPod(unasked)).flatMap((owner) => {
    const members = pods.filter((pod) => !pod.isEnding && pod.owner?.uid === owner.uid);
    const count = Math.max(members.length, membersOf(owner.uid));
    const healthy = members.filter(({ isReady }) => isReady);
    const left = healthy.filter(({ uid }) => !taken.has(uid));
    const needed = majorityOf(count);
    const isTaking = left.length < healthy.length;
    if (count < 3 || !isTaking || left.length >= needed) return [];
    return [
      `${owner.kind} ${owner.name} has ${count} members, ${healthy.length} healthy (${namesOf(healthy)}); taking ${namesOf(healthy.filter(({ uid }) => taken.has(uid)))} leaves ${left.length}, and ${needed} are a majority`,
    ];
  });
}

function sets(pods: readonly PodView[]): readonly OwnerReference[] {
  const owners = new Map(pods.flatMap(({ owner }) => (owner ? [[owner.uid, owner] as const] : [])));
  return [...owners.values()].filter(
    ({ kind }) => kind !== 'ReplicaSet' && kind !== 'DaemonSet' && kind !== 'Job',
  );
}

function budgetsBroken({ steps, targets, budgets }: SafetyFacts): readonly string[] {
  return together(steps).flatMap((group) => {
    const taken = takenBy(group, targets);
    return budgets.flatMap(({ name, selector, allowed }) => {
      const covered = taken.filter(({ labels }) => selects(selector, labels));
      return covered.length <= allowed
        ? []
        : [
            `PodDisruptionBudget ${name} allows ${allowed} disruption${allowed === 1 ? '' : 's'} now, and ${covered.length} would be taken together (${namesOf(covered)})`,
          ];
    });
  });
}

function overlapping({ steps, targets, pods, otherRuns }: SafetyFacts): readonly string[] {
  const scaled = [...scaledTargets(steps, targets.keys())].flatMap((name) =>
    siblingsOf(targets.get(name)?.all ?? [], pods),
  );
  const own = new Map([...everyPod(targets), ...scaled].map((pod) => [pod.uid, pod]));
  return [...own.values()].flatMap(({ name, uid }) => {
    const run = otherRuns.get(uid);
    return run === undefined
      ? []
      : [`pod ${name} is a target of the run ${run}; wait for its end, or stop it`];
  });
}
