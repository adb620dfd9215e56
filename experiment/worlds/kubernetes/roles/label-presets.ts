/**
 * Labels that an operator keeps current while roles move. The first row that recognises a pod wins: Patroni comes last,
 * since it is inside others. The table of docs/reference/roles.md is this one.
 */
import type { RolePresetName } from '../../../file/role.js';
import type { RolePod } from './role-pod.js';
import { hasOneOf, type Sign } from './sign.js';

export interface LabelPreset {
  /** As people call it. */
  readonly name: string;
  readonly key: string;
  readonly primary: readonly string[];
  /** `absent`: a member without the label is a replica. */
  readonly replica: readonly string[] | 'absent';
  /** Any of them tells, also while no pod has the label: the label may go in a failover. */
  readonly signs: readonly Sign[];
  /** Where `replica` is `absent`: which pods are members at all. */
  readonly members?: readonly Sign[];
  /** Values and absence that mean something of their own. */
  readonly none?: Readonly<Record<string, string>>;
  readonly absent?: string;
}

export const labelPresets: Readonly<Record<RolePresetName, LabelPreset>> = {
  'cloudnative-pg': {
    name: 'CloudNativePG',
    key: 'cnpg.io/instanceRole',
    primary: ['primary'],
    replica: ['replica'],
    signs: [{ label: 'cnpg.io/instanceRole' }, { label: 'cnpg.io/podRole', value: /^instance$/ }],
    none: {
      unhealthy: 'the operator found it unhealthy: so it calls the old primary when a failover begins',
    },
  },
  zalando: {
    name: 'Zalando, Spilo',
    key: 'spilo-role',
    primary: ['master', 'primary'],
    replica: ['replica'],
    signs: [{ label: 'spilo-role' }, { label: 'application', value: /^spilo$/ }],
    absent: 'Patroni takes the label away while PostgreSQL does not run, or has no leader lock',
  },
  crunchy: {
    name: 'Crunchy PGO, Percona Operator for PostgreSQL',
    key: 'postgres-operator.crunchydata.com/role',
    primary: ['master', 'primary'],
    replica: ['replica'],
    signs: [
      { label: 'postgres-operator.crunchydata.com/role', value: /^(master|primary|replica)$/ },
      { label: 'postgres-operator.crunchydata.com/patroni' },
    ],
    absent: 'Patroni takes the label away while PostgreSQL does not run, or has no leader lock',
  },
  kubeblocks: {
    name: 'KubeBlocks',
    key: 'kubeblocks.io/role',
    primary: ['primary', 'leader', 'master'],
    replica: ['secondary', 'follower', 'learner', 'replica', 'slave'],
    signs: [
      { label: 'kubeblocks.io/role' },
      { label: 'app.kubernetes.io/managed-by', value: /^kubeblocks$/ },
    ],
  },
  'mysql-operator': {
    name: 'MySQL Operator',
    key: 'mysql.oracle.com/cluster-role',
    primary: ['PRIMARY'],
    replica: ['SECONDARY'],
    signs: [{ label: 'mysql.oracle.com/cluster-role' }, { annotation: 'mysql.oracle.com/membership-info' }],
    absent: 'the operator takes the label away while the member is not ONLINE',
  },
  'mariadb-operator': {
    name: 'mariadb-operator',
    key: 'k8s.mariadb.com/role',
    primary: ['primary'],
    replica: ['replica'],
    signs: [{ label: 'k8s.mariadb.com/role' }, { annotation: 'k8s.mariadb.com/mariadb' }],
  },
  'percona-mysql': {
    name: 'Percona Operator for MySQL',
    key: 'mysql.percona.com/primary',
    primary: ['true'],
    replica: 'absent',
    signs: [
      { label: 'mysql.percona.com/primary' },
      { label: 'app.kubernetes.io/managed-by', value: /^percona-server(-mysql)?-operator$/ },
    ],
    members: [{ label: 'app.kubernetes.io/component', value: /^(mysql|database)$/ }],
  },
  moco: {
    name: 'MOCO',
    key: 'moco.cybozu.com/role',
    primary: ['primary'],
    replica: ['replica'],
    signs: [{ label: 'moco.cybozu.com/role' }, { label: 'app.kubernetes.io/created-by', value: /^moco$/ }],
  },
  'ot-redis': {
    name: 'OT-CONTAINER-KIT redis-operator',
    key: 'redis-role',
    primary: ['master'],
    replica: ['slave'],
    signs: [{ label: 'redis-role' }, { label: 'redis_setup_type', value: /^(replication|cluster)$/ }],
  },
  'spotahome-redis': {
    name: 'spotahome redis-operator',
    key: 'redisfailovers-role',
    primary: ['master'],
    replica: ['slave'],
    signs: [
      { label: 'redisfailovers-role' },
      { label: 'app.kubernetes.io/part-of', value: /^redis-failover$/ },
    ],
  },
  dragonfly: {
    name: 'Dragonfly',
    key: 'role',
    primary: ['master'],
    replica: ['replica'],
    signs: [
      { label: 'app.kubernetes.io/part-of', value: /^dragonfly$/ },
      { label: 'app.kubernetes.io/name', value: /^dragonfly$/ },
    ],
  },
  'bitnami-redis-sentinel': {
    name: 'Bitnami Redis with Sentinel and a master service',
    key: 'isMaster',
    primary: ['true'],
    replica: ['false'],
    signs: [{ label: 'isMaster' }],
  },
  patroni: {
    name: 'Patroni',
    key: 'role',
    primary: ['primary', 'master'],
    replica: ['replica'],
    signs: [{ annotation: 'status', value: /^\{.*"conn_url":/s }],
    absent: 'Patroni takes the label away while PostgreSQL does not run, or has no leader lock',
  },
};

/** The first that recognises one of the pods: pods of other sorts may stand beside, such as exporters. */
export function presetOf(pods: readonly RolePod[]): RolePresetName | null {
  const names = Object.keys(labelPresets) as readonly RolePresetName[];
  return names.find((name) => pods.some((pod) => hasOneOf(pod, labelPresets[name].signs))) ?? null;
}
