import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type RolePresetName, rolePresetNames } from '../../../../../experiment/file/role.js';
import { rolesByLabel, rolesByPreset } from '../../../../../experiment/worlds/kubernetes/roles/by-label.js';
import { labelPresets, presetOf } from '../../../../../experiment/worlds/kubernetes/roles/label-presets.js';
import { staticLabelOf } from '../../../../../experiment/worlds/kubernetes/roles/static-labels.js';
import { type Labels, pod } from './pods.js';

interface Row {
  readonly labels: Labels;
  readonly annotations?: Labels;
  readonly kind: 'primary' | 'replica' | 'none';
  readonly seen?: RegExp;
}

const patroniStatus = { status: '{"conn_url":"postgres://10.0.0.7:5432/postgres","state":"running"}' };
const cnpg = { 'cnpg.io/cluster': 'pg', 'cnpg.io/podRole': 'instance' };
const spilo = { application: 'spilo', 'cluster-name': 'acid-pg' };
const crunchy = {
  'postgres-operator.crunchydata.com/cluster': 'hippo',
  'postgres-operator.crunchydata.com/patroni': 'hippo-ha',
};
const blocks = { 'app.kubernetes.io/managed-by': 'kubeblocks' };
const oracle = { 'mysql.oracle.com/cluster': 'my' };
const mariadb = { 'app.kubernetes.io/name': 'mariadb', 'app.kubernetes.io/instance': 'db' };
const percona = {
  'app.kubernetes.io/managed-by': 'percona-server-operator',
  'app.kubernetes.io/component': 'mysql',
};
const dragonfly = { 'app.kubernetes.io/part-of': 'dragonfly', app: 'cache' };
const sentinel = { 'app.kubernetes.io/name': 'redis', 'app.kubernetes.io/component': 'node' };

/** As each operator sets them; every value, and that the label is away. */
const rows: Readonly<Record<RolePresetName, readonly Row[]>> = {
  'cloudnative-pg': [
    { labels: { ...cnpg, 'cnpg.io/instanceRole': 'primary', role: 'primary' }, kind: 'primary' },
    { labels: { ...cnpg, 'cnpg.io/instanceRole': 'replica', role: 'replica' }, kind: 'replica' },
    {
      labels: { ...cnpg, 'cnpg.io/instanceRole': 'unhealthy' },
      kind: 'none',
      seen: /when a failover begins/,
    },
    { labels: cnpg, kind: 'none', seen: /^label cnpg.io\/instanceRole is missing$/ },
  ],
  zalando: [
    { labels: { ...spilo, 'spilo-role': 'master' }, annotations: patroniStatus, kind: 'primary' },
    { labels: { ...spilo, 'spilo-role': 'primary' }, annotations: patroniStatus, kind: 'primary' },
    { labels: { ...spilo, 'spilo-role': 'replica' }, annotations: patroniStatus, kind: 'replica' },
    { labels: spilo, annotations: patroniStatus, kind: 'none', seen: /no leader lock/ },
  ],
  crunchy: [
    {
      labels: { ...crunchy, 'postgres-operator.crunchydata.com/role': 'master' },
      annotations: patroniStatus,
      kind: 'primary',
    },
    { labels: { ...crunchy, 'postgres-operator.crunchydata.com/role': 'primary' }, kind: 'primary' },
    { labels: { ...crunchy, 'postgres-operator.crunchydata.com/role': 'replica' }, kind: 'replica' },
    { labels: crunchy, annotations: patroniStatus, kind: 'none', seen: /no leader lock/ },
  ],
  kubeblocks: [
    { labels: { ...blocks, 'kubeblocks.io/role': 'primary' }, annotations: patroniStatus, kind: 'primary' },
    { labels: { ...blocks, 'kubeblocks.io/role': 'secondary' }, kind: 'replica' },
    { labels: { ...blocks, 'kubeblocks.io/role': 'leader' }, kind: 'primary' },
    { labels: { ...blocks, 'kubeblocks.io/role': 'follower' }, kind: 'replica' },
    { labels: { ...blocks, 'kubeblocks.io/role': 'learner' }, kind: 'replica' },
    { labels: blocks, kind: 'none' },
  ],
  'mysql-operator': [
    { labels: { ...oracle, 'mysql.oracle.com/cluster-role': 'PRIMARY' }, kind: 'primary' },
    { labels: { ...oracle, 'mysql.oracle.com/cluster-role': 'SECONDARY' }, kind: 'replica' },
    {
      labels: oracle,
      annotations: { 'mysql.oracle.com/membership-info': '{"status":"RECOVERING"}' },
      kind: 'none',
      seen: /not ONLINE/,
    },
  ],
  'mariadb-operator': [
    { labels: { ...mariadb, 'k8s.mariadb.com/role': 'primary' }, kind: 'primary' },
    { labels: { ...mariadb, 'k8s.mariadb.com/role': 'replica' }, kind: 'replica' },
    { labels: mariadb, annotations: { 'k8s.mariadb.com/mariadb': 'db' }, kind: 'none' },
  ],
  'percona-mysql': [
    { labels: { ...percona, 'mysql.percona.com/primary': 'true' }, kind: 'primary' },
    { labels: percona, kind: 'replica' },
    { labels: { ...percona, 'app.kubernetes.io/component': 'database' }, kind: 'replica' },
    { labels: { ...percona, 'app.kubernetes.io/component': 'haproxy' }, kind: 'none' },
  ],
  moco: [
    { labels: { 'moco.cybozu.com/role': 'primary' }, kind: 'primary' },
    { labels: { 'moco.cybozu.com/role': 'replica' }, kind: 'replica' },
    { labels: { 'app.kubernetes.io/created-by': 'moco' }, kind: 'none' },
  ],
  'ot-redis': [
    { labels: { redis_setup_type: 'replication', 'redis-role': 'master' }, kind: 'primary' },
    { labels: { redis_setup_type: 'replication', 'redis-role': 'slave' }, kind: 'replica' },
    { labels: { redis_setup_type: 'replication' }, kind: 'none' },
  ],
  'spotahome-redis': [
    { labels: { 'redisfailovers-role': 'master' }, kind: 'primary' },
    { labels: { 'redisfailovers-role': 'slave' }, kind: 'replica' },
    { labels: { 'app.kubernetes.io/part-of': 'redis-failover' }, kind: 'none' },
  ],
  dragonfly: [
    { labels: { ...dragonfly, role: 'master' }, kind: 'primary' },
    { labels: { ...dragonfly, role: 'replica' }, kind: 'replica' },
    { labels: dragonfly, kind: 'none' },
  ],
  'bitnami-redis-sentinel': [
    { labels: { ...sentinel, isMaster: 'true' }, kind: 'primary' },
    { labels: { ...sentinel, isMaster: 'false' }, kind: 'replica' },
  ],
  patroni: [
    { labels: { 'cluster-name': 'pg', role: 'primary' }, annotations: patroniStatus, kind: 'primary' },
    { labels: { 'cluster-name': 'pg', role: 'master' }, annotations: patroniStatus, kind: 'primary' },
    { labels: { 'cluster-name': 'pg', role: 'replica' }, annotations: patroniStatus, kind: 'replica' },
    { labels: { 'cluster-name': 'pg' }, annotations: patroniStatus, kind: 'none', seen: /no leader lock/ },
  ],
};

for (const name of rolePresetNames)
  test(`${labelPresets[name].name}: its pods are recognised, and their roles read from ${labelPresets[name].key}`, () => {
    for (const { labels, annotations = {}, kind, seen = /./ } of rows[name]) {
      const one = pod('db-0', labels, annotations);
      assert.equal(presetOf([one]), name, JSON.stringify(labels));
      const role = rolesByPreset([one], name).pods.get('db-0');
      assert.equal(role?.kind, kind, JSON.stringify(labels));
      assert.match(role.seen, seen);
    }
  });

test('pods of others beside a database have no role, and do not hide what it is', () => {
  const pods = [
    pod('exporter', { app: 'exporter' }),
    pod('pg-1', { ...cnpg, 'cnpg.io/instanceRole': 'primary' }),
  ];
  assert.equal(presetOf(pods), 'cloudnative-pg');
  const roles = rolesByPreset(pods, 'cloudnative-pg').pods;
  assert.deepEqual([roles.get('exporter')?.kind, roles.get('pg-1')?.kind], ['none', 'primary']);
});

test('a bare label role says nothing of whose it is', () => {
  for (const labels of [{ role: 'primary' }, { role: 'master' }, { role: 'data' }])
    assert.equal(presetOf([pod('db-0', labels)]), null);
});

test('a label that a person names is read as named', () => {
  const pods = [pod('a', { tier: 'rw' }), pod('b', { tier: 'ro' }), pod('c', { tier: 'new' }), pod('d')];
  const kinds = (replica?: string): readonly unknown[] =>
    [
      ...rolesByLabel(pods, {
        key: 'tier',
        primary: 'rw',
        ...(replica !== undefined && { replica }),
      }).pods.values(),
    ].map(({ kind }) => kind);
  assert.deepEqual(kinds('ro'), ['primary', 'replica', 'none', 'none']);
  assert.deepEqual(kinds(), ['primary', 'replica', 'replica', 'replica']);
});

const component = 'app.kubernetes.io/component';
const chart = 'app.kubernetes.io/name';
const fixed: readonly (readonly [Labels, RegExp, string | null])[] = [
  [{ [chart]: 'postgresql', [component]: 'primary' }, /chart postgresql/, 'postgres'],
  [{ [chart]: 'postgresql', [component]: 'read' }, /chart postgresql/, 'postgres'],
  [{ [chart]: 'postgresql-ha', [component]: 'postgresql', role: 'data' }, /^label role=data/, 'postgres'],
  [{ [chart]: 'postgresql-ha', role: 'witness' }, /^label role=witness/, 'postgres'],
  [{ [chart]: 'redis', [component]: 'master' }, /chart redis/, 'redis'],
  [{ [chart]: 'redis', [component]: 'node' }, /chart redis/, 'redis'],
  [{ [chart]: 'valkey', [component]: 'primary' }, /chart valkey/, 'redis'],
  [{ [chart]: 'mariadb', [component]: 'secondary' }, /chart mariadb/, 'mysql'],
  [{ [chart]: 'mysql', [component]: 'primary' }, /chart mysql/, 'mysql'],
  [{ [chart]: 'mongodb', [component]: 'hidden' }, /chart mongodb/, 'mongodb'],
  [{ [chart]: 'kafka', [component]: 'controller-eligible' }, /chart kafka/, null],
  [{ 'strimzi.io/broker-role': 'true' }, /Strimzi/, null],
  [{ 'strimzi.io/controller-role': 'false' }, /Strimzi/, null],
  [{ 'elasticsearch.k8s.elastic.co/node-master': 'true' }, /ECK/, null],
  [{ 'valkey.io/shard-index': '0', 'valkey.io/node-index': '0' }, /valkey-operator/, 'redis'],
  [{ 'redis.io/role': 'node' }, /Redis Enterprise/, null],
];

test('static labels are known by name and read as no role', () => {
  for (const [labels, message, ask] of fixed) {
    const pods = [pod('db-0', labels)];
    const seen = staticLabelOf(pods);
    assert.match(seen?.message ?? '', message, JSON.stringify(labels));
    assert.match(seen?.message ?? '', / is static: .* what the pod was created as, not what it is now$/);
    assert.equal(seen?.ask, ask);
    assert.equal(presetOf(pods), null, JSON.stringify(labels));
  }
  assert.equal(staticLabelOf([pod('a', { [component]: 'primary' })]), null, 'of no chart that is known');
});

test('the reference has a row for each preset, with its label and every value', () => {
  const page = readFileSync('docs/reference/roles.md', 'utf8');
  for (const name of rolePresetNames) {
    const { key, primary, replica } = labelPresets[name];
    const [row = ''] = page.split('\n').filter((line) => line.startsWith(`| \`${name}\` |`));
    for (const word of [key, ...primary, ...(replica === 'absent' ? [] : replica)])
      assert.ok(row.includes(`\`${word}\``), `${name}: ${word}`);
  }
});
