import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../../../core/clock.js';
import { HavocError } from '../../../../../core/havoc-error.js';
import { roleSchema } from '../../../../../experiment/file/role.js';
import { readRoles } from '../../../../../experiment/worlds/kubernetes/roles/read-roles.js';
import type { PodRole, RoleReading } from '../../../../../experiment/worlds/kubernetes/roles/role.js';
import type { RolePod } from '../../../../../experiment/worlds/kubernetes/roles/role-pod.js';
import type { KubeApi } from '../../../../../kube/kube-api.js';
import type { KubeObject } from '../../../../../kube/kube-object.js';
import { pod } from './pods.js';

const nowMs = Date.parse('2026-11-02T10:00:30Z');

type Objects = Readonly<Record<string, object>>;

/** `KIND/NAME` to the object; what is not there is null. */
const serving = (objects: Objects): Pick<KubeApi, 'get'> => ({
  get: async <T extends KubeObject>({ resource, name }: Parameters<KubeApi['get']>[0]) =>
    (objects[`${resource.kind}/${name}`] ?? null) as T | null,
});

const forbidden: Pick<KubeApi, 'get'> = {
  get: () => Promise.reject(new HavocError('kube.forbidden', 'clusters is forbidden')),
};

const read = (
  pods: readonly RolePod[],
  role: object = {},
  api: Pick<KubeApi, 'get'> = serving({}),
): Promise<RoleReading> =>
  readRoles(
    {
      role: roleSchema.parse({ is: 'primary', ...role }),
      pods,
      namespace: 'db',
      secrets: { password: null, ca: null, client: null },
    },
    { api, clock: { ...systemClock, wallMs: () => nowMs }, signal: new AbortController().signal },
  );

const why = (role: PodRole | undefined): string =>
  role === undefined ? '' : role.kind === 'unknown' ? role.why : role.seen;

const kindsOf = ({ pods }: RoleReading): readonly string[] => [...pods.values()].map(({ kind }) => kind);

test('auto: a live label that is known comes first', async () => {
  const reading = await read([
    pod('pg-1', { 'cnpg.io/instanceRole': 'primary', 'cnpg.io/cluster': 'pg' }),
    pod('pg-2', { 'cnpg.io/instanceRole': 'replica', 'cnpg.io/cluster': 'pg' }),
  ]);
  assert.deepEqual(reading.state, { kind: 'one', primaries: ['pg-1'], unknown: [] });
  assert.equal(reading.way, 'label cnpg.io/instanceRole (CloudNativePG)');
});

test('auto: a static label is not trusted, and the message says why and what to do', async () => {
  const bitnami = [
    pod('pg-0', { 'app.kubernetes.io/name': 'postgresql', 'app.kubernetes.io/component': 'primary' }),
  ];
  const reading = await read(bitnami);
  assert.deepEqual(kindsOf(reading), ['unknown']);
  assert.equal(
    why(reading.pods.get('pg-0')),
    'label app.kubernetes.io/component=primary is static: the Bitnami chart postgresql says by it what the pod was created as, not what it is now; expected a way to ask, such as database: { kind: postgres, user, passwordSecret: { name, key } }',
  );
  const asked = await read(bitnami, { database: { kind: 'postgres', user: 'app' } });
  assert.match(asked.remarks.join(), /is static: .*; asked the database instead$/);
  assert.equal(why(asked.pods.get('pg-0')), 'it has no address');
});

test('a static label that a person names is not trusted either', async () => {
  const pods = [pod('mq-0', { 'strimzi.io/broker-role': 'true' })];
  const reading = await read(pods, { label: { key: 'strimzi.io/broker-role', primary: 'true' } });
  assert.deepEqual(reading.state, { kind: 'unknown', unknown: ['mq-0'] });
  assert.match(why(reading.pods.get('mq-0')), /Strimzi says by it what the pod was created as/);
});

test('auto: a bare label role is not guessed at', async () => {
  const reading = await read([pod('a', { role: 'primary' }), pod('b', { role: 'replica' })]);
  assert.deepEqual(reading.state, { kind: 'unknown', unknown: ['a', 'b'] });
  assert.match(
    why(reading.pods.get('a')),
    /^label role=primary may be of Patroni, of Dragonfly or of anybody/,
  );
  const named = await read([pod('a', { role: 'primary' }), pod('b', { role: 'replica' })], {
    preset: 'patroni',
  });
  assert.deepEqual(named.state, { kind: 'one', primaries: ['a'], unknown: [] });
});

test('pods that nobody knows: each way says what is missing', async () => {
  const pods = [pod('a')];
  assert.match(why((await read(pods)).pods.get('a')), /^no label of theirs is known to follow the role/);
  assert.match(why((await read(pods, { by: 'label' })).pods.get('a')), /^no label of theirs/);
  assert.match(why((await read(pods, { by: 'operator' })).pods.get('a')), /^they belong to no operator/);
});

const cluster = (status: object): Objects => ({ 'Cluster/pg': { metadata: { name: 'pg' }, status } });
const instances = ['pg-1', 'pg-2', 'pg-3'].map((name) => pod(name, { 'cnpg.io/cluster': 'pg' }));
const healthy = { healthy: ['pg-1', 'pg-2'], failed: ['pg-3'] };

test('CloudNativePG: the status names the primary and who is healthy', async () => {
  const status = { currentPrimary: 'pg-1', targetPrimary: 'pg-1', instancesStatus: healthy };
  const reading = await read(instances, { by: 'operator' }, serving(cluster(status)));
  assert.deepEqual(kindsOf(reading), ['primary', 'replica', 'none']);
  assert.equal(reading.way, 'Cluster (CloudNativePG)');
});

test('CloudNativePG: while a failover goes on, there is no primary', async () => {
  for (const targetPrimary of ['pending', 'pg-2']) {
    const status = { currentPrimary: 'pg-1', targetPrimary, instancesStatus: { healthy: ['pg-2', 'pg-3'] } };
    const reading = await read(instances, { by: 'operator' }, serving(cluster(status)));
    assert.deepEqual(reading.state, { kind: 'none', of: [] });
    assert.match(
      why(reading.pods.get('pg-1')),
      new RegExp(`targetPrimary ${targetPrimary}: a failover goes on`),
    );
  }
});

test('mariadb-operator: a primary that fails is none, and a pod that the status does not name is unknown', async () => {
  const pods = ['db-0', 'db-1', 'db-2'].map((name) => pod(name, {}, { 'k8s.mariadb.com/mariadb': 'db' }));
  const status = { currentPrimary: 'db-0', replication: { roles: { 'db-0': 'Primary', 'db-1': 'Replica' } } };
  const object = (more: object): Objects => ({
    'MariaDB/db': { metadata: { name: 'db' }, status: { ...status, ...more } },
  });
  const well = await read(pods, { by: 'operator' }, serving(object({})));
  assert.deepEqual(kindsOf(well), ['primary', 'replica', 'unknown']);
  const failing = await read(
    pods,
    { by: 'operator' },
    serving(object({ currentPrimaryFailingSince: '2026-11-02T10:00:00Z' })),
  );
  assert.deepEqual(kindsOf(failing), ['none', 'replica', 'unknown']);
});

test('etcd-operator: the leader of the status, or that it names none', async () => {
  const pods = ['e-0', 'e-1'].map((name) => pod(name, { app: 'e', controller: 'e' }));
  const object = (isLeader: boolean): Objects => ({
    'EtcdCluster/e': {
      metadata: { name: 'e' },
      status: { members: [{ name: 'e-0' }, { name: 'e-1', isLeader }], ...(isLeader && { leaderID: 'b7' }) },
    },
  });
  assert.deepEqual(kindsOf(await read(pods, {}, serving(object(true)))), ['replica', 'primary']);
  assert.deepEqual((await read(pods, {}, serving(object(false)))).state, { kind: 'none', of: [] });
});

const member = (name: string, state: string): RolePod =>
  pod(name, { 'cluster-name': 'pg' }, { status: JSON.stringify({ conn_url: 'postgres://x', state }) });
const lock = (leader: string, renewTime: string): object => ({
  metadata: { name: 'pg', annotations: { leader, renewTime, ttl: '30' } },
});

test('Patroni: who holds the leader lock, of Endpoints or of a ConfigMap, for as long as it is good', async () => {
  const pods = [member('pg-0', 'running'), member('pg-1', 'streaming'), member('pg-2', 'starting')];
  const fresh = lock('pg-0', '2026-11-02T10:00:10+00:00');
  for (const objects of [{ 'Endpoints/pg': fresh }, { 'ConfigMap/pg-leader': fresh }]) {
    const reading = await read(pods, { by: 'operator' }, serving(objects));
    assert.deepEqual(kindsOf(reading), ['primary', 'replica', 'none']);
  }
  const old = await read(
    pods,
    { by: 'operator' },
    serving({ 'Endpoints/pg': lock('pg-0', '2026-11-02T09:59:59Z') }),
  );
  assert.deepEqual(old.state, { kind: 'none', of: [] });
  assert.match(why(old.pods.get('pg-0')), /its leader lock .* was good for 30 s, and is over/);
  const bare = await read(
    pods,
    { by: 'operator' },
    serving({ 'Endpoints/pg': { metadata: { name: 'pg' } } }),
  );
  assert.deepEqual(bare.state, { kind: 'unknown', unknown: ['pg-0', 'pg-1', 'pg-2'] });
});

test('an object that may not be read makes every pod unknown, and says so', async () => {
  const reading = await read(instances, { by: 'operator' }, forbidden);
  assert.deepEqual(reading.state, { kind: 'unknown', unknown: ['pg-1', 'pg-2', 'pg-3'] });
  assert.equal(why(reading.pods.get('pg-1')), 'Cluster could not be read: clusters is forbidden');
});
