/**
 * What role each pod of a database has, and what that comes to for the whole. Nothing is guessed: a pod of which nobody can
 * say anything is `unknown`, and while there is one, "no primary" is not said.
 */
import { assertNever } from '../../../../core/assert-never.js';

export type Role = 'primary' | 'replica';

/** Where a role was learnt. */
export type RoleSource = 'label' | 'operator' | 'database';

/** Pods among which there is one primary: a shard of Redis Cluster. Or a cluster all of whose members take writes. */
export interface RoleGroup {
  readonly name: string;
  readonly writers: 'one' | 'all';
}

export type PodRole =
  | {
      readonly kind: Role;
      readonly from: RoleSource;
      /** What was seen, in a few words. */
      readonly seen: string;
      /** Does it take writes? Only the database itself can say; null where it was not asked. */
      readonly writable: boolean | null;
      /** Null where all pods are one group. */
      readonly group: RoleGroup | null;
    }
  | {
      /** It is known to be neither: it starts, it was demoted, or it is of another sort. */
      readonly kind: 'none';
      readonly from: RoleSource;
      readonly seen: string;
      /** It never has a role: an arbiter, a Sentinel, a router. */
      readonly isOther: boolean;
    }
  | { readonly kind: 'unknown'; readonly why: string };

export type RoleState =
  /** One primary; of a database in shards one a shard; of one whose members all take writes, all of them. */
  | { readonly kind: 'one'; readonly primaries: readonly string[]; readonly unknown: readonly string[] }
  /** Every pod is known, and none is the primary: as during a failover. `of` names the shards without one. */
  | { readonly kind: 'none'; readonly of: readonly string[] }
  /** Split brain, seen: several pods are the primary of the same data. */
  | { readonly kind: 'two'; readonly primaries: readonly string[]; readonly unknown: readonly string[] }
  /** No primary was seen, and of some pods nobody can say anything: one of them may be it. */
  | { readonly kind: 'unknown'; readonly unknown: readonly string[] };

export interface RoleReading {
  /** By the name of the pod. */
  readonly pods: ReadonlyMap<string, PodRole>;
  readonly state: RoleState;
  /** How it was learnt: `label cnpg.io/instanceRole (CloudNativePG)`. */
  readonly way: string;
  /** What a person should know beside it, such as that a label was not trusted. */
  readonly remarks: readonly string[];
}

export type RoleAnswer = Omit<RoleReading, 'state'>;

export const readingOf = (answer: RoleAnswer): RoleReading => ({ ...answer, state: stateOf(answer.pods) });

export const unknownRole = (why: string): PodRole => ({ kind: 'unknown', why });

/** Every pod's role, where the same holds for all. */
export const sameForAll = (names: readonly string[], role: PodRole): ReadonlyMap<string, PodRole> =>
  new Map(names.map((name) => [name, role]));

export const podsWithRole = ({ pods }: Pick<RoleReading, 'pods'>, role: Role): readonly string[] =>
  [...pods].flatMap(([name, { kind }]) => (kind === role ? [name] : []));

export function stateOf(pods: ReadonlyMap<string, PodRole>): RoleState {
  const unknown = [...pods].flatMap(([name, { kind }]) => (kind === 'unknown' ? [name] : []));
  const groups = groupsOf(pods);
  const split = groups.flatMap(({ writers, primaries }) =>
    writers === 'one' && primaries.length > 1 ? primaries : [],
  );
  // Two clusters whose members all take writes have parted.
  const parted = groups.filter(({ writers }) => writers === 'all');
  const two = parted.length > 1 ? [...split, ...parted.flatMap(({ primaries }) => primaries)] : split;
  if (two.length > 0) return { kind: 'two', primaries: two, unknown };
  const without = groups.filter(({ primaries }) => primaries.length === 0);
  if (groups.length > 0 && without.length === 0)
    return { kind: 'one', primaries: groups.flatMap(({ primaries }) => primaries), unknown };
  return unknown.length > 0
    ? { kind: 'unknown', unknown }
    : { kind: 'none', of: without.flatMap(({ name }) => name ?? []) };
}

interface GroupSeen {
  readonly name: string | null;
  readonly writers: RoleGroup['writers'];
  readonly primaries: string[];
}

function groupsOf(pods: ReadonlyMap<string, PodRole>): readonly GroupSeen[] {
  const groups = new Map<string | null, GroupSeen>();
  for (const [pod, role] of pods) {
    if (role.kind !== 'primary' && role.kind !== 'replica') continue;
    const { name, writers } = role.group ?? { name: null, writers: 'one' as const };
    const group = groups.get(name) ?? { name, writers, primaries: [] };
    groups.set(name, group);
    if (role.kind === 'primary') group.primaries.push(pod);
  }
  return [...groups.values()];
}

/** In a sentence without a full stop: `one primary: pg-0`. */
export function describeState({ state, pods }: Pick<RoleReading, 'state' | 'pods'>): string {
  switch (state.kind) {
    case 'one': {
      const { primaries } = state;
      const many = primaries.length === 1 ? 'one primary' : `${primaries.length} primaries, as it should be`;
      return `${many}: ${primaries.join(', ')}${besides(state.unknown, pods)}`;
    }
    case 'two':
      return `split brain: ${state.primaries.join(', ')} are primaries of the same data${besides(state.unknown, pods)}`;
    case 'none':
      return `no primary${state.of.length > 0 ? ` of ${state.of.join(', ')}` : ''}: ${each([...pods.keys()], pods)}`;
    case 'unknown':
      return `nobody can say which is the primary${besides(state.unknown, pods)}`;
    default:
      return assertNever(state);
  }
}

const besides = (names: readonly string[], pods: ReadonlyMap<string, PodRole>): string =>
  names.length === 0 ? '' : `; ${each(names, pods)}`;

const each = (names: readonly string[], pods: ReadonlyMap<string, PodRole>): string =>
  names.length === 0 ? 'there is no pod' : names.map((name) => describePod(name, pods.get(name))).join('; ');

export function describePod(name: string, role: PodRole | undefined): string {
  if (role === undefined) return `${name} is not there`;
  switch (role.kind) {
    case 'primary':
    case 'replica':
      return `${name} is ${role.kind === 'primary' ? 'the primary' : 'a replica'} (${role.seen})`;
    case 'none':
      return `${name} is neither primary nor replica (${role.seen})`;
    case 'unknown':
      return `of ${name} nothing is known (${role.why})`;
    default:
      return assertNever(role);
  }
}
