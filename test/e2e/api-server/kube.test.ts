/** Against a real kube-apiserver: what the store in memory only imitates. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { connect } from '../../../kube/connect.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { Leadership } from '../../../kube/leadership.js';
import type { Lease } from '../../../kube/lease.js';
import { readOwner } from '../../../kube/read-owner.js';
import { resources } from '../../../kube/resources.js';
import { WatchCache } from '../../../kube/watch-cache.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const namespace = 'default';
const secrets = { resource: resources.secrets, namespace };
const secret = (name: string) => ({ ...secrets, name });
type Secret = KubeObject & { readonly data?: Readonly<Record<string, string>> };
const object = (name: string, data: Readonly<Record<string, string>> = {}): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  data,
});

let server: ApiServer;
let api: KubeApi;

before(async () => {
  if (skip) return;
  server = await startApiServer({ users: { visitor: [] } });
  api = connect({ kubeconfig: server.kubectl.kubeconfig });
});
after(() => server?.stop());

test('an object is made, read, replaced and removed, and what failed has a code', { skip }, async () => {
  assert.equal(await api.get(secret('one')), null);
  const made = await api.create(secrets, object('one', { a: 'YQ==' }));
  await assert.rejects(api.create(secrets, object('one')), { code: 'kube.exists' });
  const changed = await api.replace(secret('one'), { ...made, data: { a: 'Yg==' } });
  await assert.rejects(api.replace(secret('one'), made), { code: 'kube.conflict' });
  assert.deepEqual((await api.get<Secret>(secret('one')))?.data, changed.data);
  await assert.rejects(api.create(secrets, object('Not A Name')), { code: 'kube.invalid' });
  await assert.rejects(api.replace(secret('none'), object('none')), { code: 'kube.not-found' });
  await api.remove(secret('one'));
  await api.remove(secret('one'));
});

test('only the object that was meant is removed, and the server tells its time', { skip }, async () => {
  const made = await api.create(secrets, object('meant'));
  const uid = made.metadata.uid ?? '';
  await assert.rejects(api.remove(secret('meant'), { uid: '0-0' }), { code: 'kube.conflict' });
  await api.remove(secret('meant'), { uid });
  await api.remove(secret('meant'), { uid });
  assert.equal(await api.get(secret('meant')), null);
  const createdMs = Date.parse(made.metadata.creationTimestamp ?? '');
  assert.ok(Math.abs((await api.serverMs()) - createdMs) < 10_000);
});

test('a pod is evicted, and one whose budget allows none is kube.budget, with its numbers', {
  skip,
}, async () => {
  const pods = { resource: resources.pods, namespace };
  const pod = (name: string, labels: Readonly<Record<string, string>>) =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels },
      spec: {
        serviceAccountName: 'nobody',
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'db', image: 'db' }],
      },
    }) as KubeObject;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody' } };
  await server.kubectl.succeed(['create', '-f', '-'], account);
  await api.create(pods, pod('free', {}));
  await api.create(pods, pod('kept', { app: 'kept' }));
  await api.create({ resource: resources.podDisruptionBudgets, namespace }, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'kept' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'kept' } } },
  } as KubeObject);
  // The controller of budgets would say so: one healthy pod, one wanted.
  await api.patch(
    { resource: resources.podDisruptionBudgets, namespace, name: 'kept', subresource: 'status' },
    {
      kind: 'merge',
      body: {
        status: {
          observedGeneration: 1,
          currentHealthy: 1,
          desiredHealthy: 1,
          expectedPods: 1,
          disruptionsAllowed: 0,
        },
      },
    },
  );
  const ready = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
  await api.patch({ ...pods, name: 'kept', subresource: 'status' }, { kind: 'merge', body: ready });
  const evict = (name: string): Promise<void> =>
    api.post(
      { ...pods, name, subresource: 'eviction' },
      { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } },
    );
  await evict('free');
  assert.equal(await api.get({ ...pods, name: 'free' }), null);
  await assert.rejects(evict('kept'), { code: 'kube.budget', message: /needs 1 healthy pods and has 1/ });
  await assert.rejects(evict('none'), { code: 'kube.not-found' });
});

test('each kind of patch goes under its own content type', { skip }, async () => {
  await api.create(secrets, object('patched'));
  const target = secret('patched');
  await api.patch(target, { kind: 'merge', body: { data: { merged: 'YQ==' } } });
  await api.patch(target, { kind: 'strategic-merge', body: { data: { strategic: 'YQ==' } } });
  await api.patch(target, { kind: 'json', body: [{ op: 'add', path: '/data/json', value: 'YQ==' }] });
  const body = object('patched', { applied: 'YQ==' }) as unknown as Record<string, unknown>;
  const { data } = await api.patch<Secret>(target, { kind: 'apply', body, fieldManager: 'test' });
  assert.deepEqual(Object.keys(data ?? {}).sort(), ['applied', 'json', 'merged', 'strategic']);
  const stale = { op: 'test', path: '/metadata/resourceVersion', value: '1' } as const;
  await assert.rejects(api.patch(target, { kind: 'json', body: [stale] }), { code: 'kube.invalid' });
});

test('a list of several pages is one list', { skip }, async () => {
  const names = Array.from({ length: 501 }, (_, index) => `many-${index}`);
  await Promise.all(names.map((name) => api.create(secrets, object(name))));
  const { items } = await api.list(secrets);
  assert.equal(items.filter(({ metadata }) => metadata.name.startsWith('many-')).length, names.length);
});

test('who may not, and who is nobody, is told which', { skip }, async () => {
  const visitor = connect({ kubeconfig: server.kubeconfig('visitor') });
  await assert.rejects(visitor.list(secrets), { code: 'kube.forbidden' });
  const nobody = connect({ kubeconfig: server.kubeconfig('nobody', 'a-token-of-nobody') });
  await assert.rejects(nobody.list(secrets), { code: 'kube.unauthorized' });
});

test('a cache of one object by its name follows it and nothing else', { skip }, async () => {
  const told: string[] = [];
  const selection = { ...secrets, fieldSelector: 'metadata.name=followed' };
  const cache = new WatchCache({
    api,
    selection,
    keep: (found) => (found as Secret).data?.['a'],
    clock: systemClock,
    random: Math.random,
  });
  try {
    cache.onChange(({ kind, key }) => told.push(`${kind} ${key}`));
    await cache.ready;
    const made = await api.create(secrets, object('followed', { a: 'YQ==' }));
    await api.create(secrets, object('other'));
    await until(() => cache.get('default/followed') === 'YQ==');
    await api.replace(secret('followed'), { ...made, data: { a: 'Yg==' } });
    await until(() => cache.get('default/followed') === 'Yg==');
    await api.remove(secret('followed'));
    await until(() => told.length === 3);
    assert.deepEqual(told, [
      'added default/followed',
      'changed default/followed',
      'removed default/followed',
    ]);
  } finally {
    await cache.stop();
  }
});

test('of two who want to lead one does, and hands over when it stops', { skip }, async () => {
  const candidate = (identity: string): Leadership =>
    new Leadership({
      api,
      namespace,
      name: 'webhook',
      identity,
      owner: null,
      clock: systemClock,
      random: Math.random,
      onChange: () => {},
    });
  const all = ['a', 'b'].map(candidate);
  try {
    await until(() => all.some(({ leads }) => leads));
    const [leader, follower] = all[0]?.leads ? all : all.toReversed();
    await leader?.stop();
    await until(() => follower?.leads === true);
    const lease = await api.get<Lease>({ resource: resources.leases, namespace, name: 'webhook' });
    assert.equal(lease?.spec?.leaseTransitions, 1);
    assert.match(lease?.spec?.renewTime ?? '', /^\d{4}-.*\.\d{6}Z$/);
  } finally {
    await Promise.all(all.map((one) => one.stop()));
  }
});

test('the owner is the Deployment, or nobody where there is none', { skip }, async () => {
  assert.equal(await readOwner(api, namespace, 'webhook'), null);
  await api.create({ resource: resources.deployments, namespace }, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'webhook' },
    spec: {
      selector: { matchLabels: { app: 'w' } },
      template: {
        metadata: { labels: { app: 'w' } },
        spec: { containers: [{ name: 'webhook', image: 'havock8s' }] },
      },
    },
  } as KubeObject);
  const owner = await readOwner(api, namespace, 'webhook');
  assert.equal(owner?.apiVersion, 'apps/v1');
  assert.match(owner?.uid ?? '', /^[0-9a-f-]{36}$/);
});

test('a server that is gone is kube.unreachable, and a kubeconfig of nothing kube.config', {
  skip,
}, async () => {
  const file = join(server.folder, 'empty.kubeconfig');
  writeFileSync(file, 'apiVersion: v1\nkind: Config\n');
  assert.throws(() => connect({ kubeconfig: file }), { code: 'kube.config' });
  writeFileSync(file, 'clusters: [');
  assert.throws(() => connect({ kubeconfig: file }), { code: 'kube.config' });
  assert.throws(() => connect({ kubeconfig: join(server.folder, 'none') }), { code: 'kube.config' });
  await server.stop();
  await assert.rejects(api.list(secrets), { code: 'kube.unreachable' });
});
