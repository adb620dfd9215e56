/**
 * What operators say of roles in objects of their own: a status, or Patroni's leader lock. Pure: which object is asked for,
 * and what it means. The table of docs/reference/roles.md is this one.
 */
import { isObject, jsonOf, valueAt } from '../../../../core/json.js';
import type { KubeObject, Resource } from '../../../../kube/kube-object.js';
import type { PodRole } from './role.js';
import type { RolePod } from './role-pod.js';

export interface OperatorObject {
  /** As people call it. */
  readonly name: string;
  readonly resource: Resource;
  /** Its name; null where the pod is not one of these. */
  readonly nameFor: (pod: RolePod) => string | null;
  /** Null where the object says nothing of roles, and another may. */
  readonly roleOf: (pod: RolePod, seen: ObjectSeen) => PodRole | null;
}

export interface ObjectSeen {
  readonly object: KubeObject;
  readonly nowMs: number;
}

/** Asked for in this order; the first that is there and says something is believed. */
export const operatorObjects: readonly OperatorObject[] = [
  {
    name: 'CloudNativePG',
    resource: { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', plural: 'clusters' },
    nameFor: ({ labels }) => labels['cnpg.io/cluster'] ?? null,
    roleOf: cloudNativePg,
  },
  {
    name: 'mariadb-operator',
    resource: { apiVersion: 'k8s.mariadb.com/v1alpha1', kind: 'MariaDB', plural: 'mariadbs' },
    nameFor: ({ labels, annotations }) =>
      annotations['k8s.mariadb.com/mariadb'] ??
      ('k8s.mariadb.com/role' in labels ? (labels['app.kubernetes.io/instance'] ?? null) : null),
    roleOf: mariadb,
  },
  {
    name: 'etcd-operator',
    resource: { apiVersion: 'operator.etcd.io/v1alpha1', kind: 'EtcdCluster', plural: 'etcdclusters' },
    nameFor: ({ labels }) =>
      labels['operator.etcd.io/cluster'] ??
      (labels['controller'] === labels['app'] ? (labels['app'] ?? null) : null),
    roleOf: etcd,
  },
  {
    name: "Patroni's leader lock",
    resource: { apiVersion: 'v1', kind: 'Endpoints', plural: 'endpoints' },
    nameFor: scopeOf,
    roleOf: patroniLock,
  },
  {
    name: "Patroni's leader lock",
    resource: { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps' },
    nameFor: (pod) => {
      const scope = scopeOf(pod);
      return scope === null ? null : `${scope}-leader`;
    },
    roleOf: patroniLock,
  },
];

function cloudNativePg({ name }: RolePod, { object }: ObjectSeen): PodRole | null {
  const status = valueAt(object, ['status']);
  const current = textAt(status, 'currentPrimary');
  if (current === null) return null;
  const target = textAt(status, 'targetPrimary');
  if (name === current)
    return target === null || target === current
      ? known('primary', `status.currentPrimary is ${current}`)
      : none(`status.currentPrimary is ${current}, and status.targetPrimary ${target}: a failover goes on`);
  const healthy = valueAt(status, ['instancesStatus', 'healthy']);
  return listOf(healthy).includes(name)
    ? known('replica', `status.currentPrimary is ${current}`)
    : none('status.instancesStatus does not call it healthy');
}

function mariadb({ name }: RolePod, { object }: ObjectSeen): PodRole | null {
  const status = valueAt(object, ['status']);
  const current = textAt(status, 'currentPrimary');
  if (current === null) return null;
  const failing = textAt(status, 'currentPrimaryFailingSince');
  if (name === current)
    return failing === null
      ? known('primary', `status.currentPrimary is ${current}`)
      : none(`status.currentPrimary is ${current}, which fails since ${failing}`);
  const role = valueAt(status, ['replication', 'roles', name]);
  if (role === 'Replica') return known('replica', 'status.replication.roles calls it Replica');
  return role === undefined
    ? { kind: 'unknown', why: `status names ${current} the primary and nothing of ${name}` }
    : none(`status.replication.roles calls it ${String(role)}`);
}

function etcd({ name }: RolePod, { object }: ObjectSeen): PodRole | null {
  const members = valueAt(object, ['status', 'members']);
  if (!Array.isArray(members)) return null;
  const member = members.filter(isObject).find((one) => one['name'] === name);
  if (member === undefined) return none('status.members has no such member');
  if (member['isLeader'] === true) return known('primary', 'status.members calls it the leader');
  return textAt(valueAt(object, ['status']), 'leaderId') === null &&
    !members.some((one) => valueAt(one, ['isLeader']) === true)
    ? none('status names no leader')
    : known('replica', 'status.members names another leader');
}

/** A lock is good for `ttl` seconds after `renewTime`: who has lost it demotes itself, and then nobody leads. */
function patroniLock(pod: RolePod, { object, nowMs }: ObjectSeen): PodRole | null {
  const { annotations = {} } = object.metadata;
  const { leader, renewTime = '', ttl = '' } = annotations;
  if (leader === undefined) return null;
  const lateMs = nowMs - Date.parse(renewTime) - Number(ttl) * 1000;
  const hasExpired = Number.isNaN(lateMs) || lateMs > 0;
  if (pod.name === leader)
    return hasExpired
      ? none(`its leader lock of ${renewTime || 'no time'} was good for ${ttl || '0'} s, and is over`)
      : known('primary', `it holds the leader lock, renewed ${renewTime}`);
  const own: unknown = jsonOf(pod.annotations['status'] ?? '');
  const state = valueAt(own, ['state']);
  if (state === undefined) return none('it has not told its state (annotation status)');
  return state === 'running' || state === 'streaming' || state === 'in archive recovery'
    ? known('replica', `${leader === '' ? 'nobody' : leader} holds the leader lock, and it is ${state}`)
    : none(`it is ${String(state)}`);
}

/** The cluster's name in Patroni, under the label that its configuration names; each operator has its own. */
function scopeOf({ labels }: RolePod): string | null {
  return labels['postgres-operator.crunchydata.com/patroni'] ?? labels['cluster-name'] ?? null;
}

const known = (kind: 'primary' | 'replica', seen: string): PodRole => ({
  kind,
  from: 'operator',
  seen,
  writable: null,
  group: null,
});

const none = (seen: string): PodRole => ({ kind: 'none', from: 'operator', seen, isOther: false });

function textAt(value: unknown, field: string): string | null {
  const found = valueAt(value, [field]);
  return typeof found === 'string' && found !== '' ? found : null;
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
