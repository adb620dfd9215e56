/** Pods as the tests of roles make them. */
import type { PodRole, RoleGroup } from '../../../../../experiment/worlds/kubernetes/roles/role.js';
import type { RolePod } from '../../../../../experiment/worlds/kubernetes/roles/role-pod.js';

export type Labels = Readonly<Record<string, string>>;

export const pod = (name: string, labels: Labels = {}, annotations: Labels = {}): RolePod => ({
  name,
  labels,
  annotations,
  address: null,
});

export const member = (
  kind: 'primary' | 'replica',
  {
    writable = kind === 'primary',
    group = null,
  }: { writable?: boolean | null; group?: RoleGroup | null } = {},
): PodRole => ({ kind, from: 'database', seen: 'as told', writable, group });

export const neither = (isOther = false): PodRole => ({
  kind: 'none',
  from: 'database',
  seen: isOther ? 'an arbiter' : 'it starts',
  isOther,
});

export const silent: PodRole = { kind: 'unknown', why: 'no answer' };

export const podsOf = (roles: Readonly<Record<string, PodRole>>): ReadonlyMap<string, PodRole> =>
  new Map(Object.entries(roles));
