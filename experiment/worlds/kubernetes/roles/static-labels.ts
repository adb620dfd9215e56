/**
 * Labels that look like a role and are none: they are written into the pod when it is created and stay as they are in a
 * failover. They are never read as a role. They are known by name only so that a message can say so.
 */
import type { RoleDatabaseKind } from '../../../file/role.js';
import type { RolePod } from './role-pod.js';
import { hasSign, type Sign } from './sign.js';

interface StaticLabel {
  /** Who sets it. */
  readonly who: string;
  readonly key: string;
  readonly value: RegExp;
  /** Of the same pod, where the key says too little. */
  readonly beside?: Sign;
  /** How the truth is asked; null where havock8s cannot. */
  readonly ask: RoleDatabaseKind | null;
}

const component = 'app.kubernetes.io/component';
const named = (name: string): Sign => ({ label: 'app.kubernetes.io/name', value: new RegExp(`^${name}$`) });
const bitnami = (chart: string, value: RegExp, ask: RoleDatabaseKind | null): StaticLabel => ({
  who: `the Bitnami chart ${chart}`,
  key: component,
  value,
  beside: named(chart),
  ask,
});

const staticLabels: readonly StaticLabel[] = [
  bitnami('postgresql', /^(primary|read)$/, 'postgres'),
  {
    who: 'the Bitnami chart postgresql-ha',
    key: 'role',
    value: /^(data|witness)$/,
    beside: named('postgresql-ha'),
    ask: 'postgres',
  },
  bitnami('redis', /^(master|replica|node)$/, 'redis'),
  bitnami('redis-cluster', /^redis-cluster$/, 'redis'),
  bitnami('valkey', /^(primary|replica|node)$/, 'redis'),
  bitnami('mariadb', /^(primary|secondary)$/, 'mysql'),
  bitnami('mysql', /^(primary|secondary)$/, 'mysql'),
  bitnami('mongodb', /^(mongodb|arbiter|hidden)$/, 'mongodb'),
  bitnami('kafka', /^(broker|controller-eligible)$/, null),
  { who: 'Strimzi', key: 'strimzi.io/broker-role', value: /^(true|false)$/, ask: null },
  { who: 'Strimzi', key: 'strimzi.io/controller-role', value: /^(true|false)$/, ask: null },
  { who: 'ECK', key: 'elasticsearch.k8s.elastic.co/node-master', value: /^(true|false)$/, ask: null },
  { who: 'valkey-operator', key: 'valkey.io/node-index', value: /^/, ask: 'redis' },
  { who: 'valkey-operator', key: 'valkey.io/shard-index', value: /^/, ask: 'redis' },
  { who: 'Redis Enterprise', key: 'redis.io/role', value: /^node$/, ask: null },
];

export interface StaticLabelSeen {
  /** A sentence without a full stop. */
  readonly message: string;
  readonly ask: RoleDatabaseKind | null;
}

/** The first that a pod has; null where none has one. `key`: only this label. */
export function staticLabelOf(pods: readonly RolePod[], key?: string): StaticLabelSeen | null {
  for (const row of staticLabels) {
    if (key !== undefined && row.key !== key) continue;
    const pod = pods.find((one) => isOn(one, row));
    if (pod !== undefined) return { message: messageOf(row, pod), ask: row.ask };
  }
  return null;
}

const isOn = (pod: RolePod, { key, value, beside }: StaticLabel): boolean =>
  hasSign(pod, { label: key, value }) && (beside === undefined || hasSign(pod, beside));

const messageOf = ({ key, who }: StaticLabel, { labels }: RolePod): string =>
  `label ${key}=${labels[key] ?? ''} is static: ${who} says by it what the pod was created as, not what it is now`;
