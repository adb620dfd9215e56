/** What a real API server says of the same pods: it has the last word on what is valid, and on how it is written. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { needs } from '../../needs.js';
import { admitted, injected } from '../../webhook/a-pod.js';
import { goldens } from '../../webhook/golden/goldens.js';
import { arbitraryPod } from '../../webhook/properties/arbitrary-pod.js';
import { wrongPods } from '../../webhook/validity/wrong-pods.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const namespace = 'databases';
let server: ApiServer;

before(async () => {
  if (skip) return;
  server = await startApiServer();
  await server.kubectl.createNamespace(namespace);
  const accounts = new Set(goldens.map(({ pod }) => (pod as Accounted).spec.serviceAccountName));
  const items = [...accounts]
    .filter((name) => name !== undefined && name !== 'default')
    .map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } }));
  await server.kubectl.succeed(['create', '-f', '-'], listOf(items));
});

after(async () => {
  if (!skip) await server.stop();
});

interface Accounted {
  readonly spec: { readonly serviceAccountName?: string };
}

const listOf = (items: readonly unknown[]) => ({ apiVersion: 'v1', kind: 'List', items });

const creating = ['create', '--dry-run=server', '--validate=strict', `--namespace=${namespace}`, '-f', '-'];

/** As they would have been stored; fails if any is refused. */
async function created(pods: readonly unknown[]): Promise<readonly unknown[]> {
  const text = await server.kubectl.succeed([...creating, '--output=yaml'], listOf(pods));
  return parseAllDocuments(text).map((document) => document.toJS() as unknown);
}

/** The defaults of the API server, and its own spelling of quantities, are in it. */
const isSettled = (pod: unknown): void => assert.deepEqual(injected(pod).patch, []);

test('every golden is taken before and after, and what is stored needs no second pass', {
  skip,
}, async () => {
  assert.equal((await created(goldens.map(({ pod }) => pod))).length, goldens.length);
  const injectable = goldens.filter(({ pod }) => admitted(pod).kind === 'inject');
  const stored = await created(injectable.map(({ pod }) => injected(pod).pod));
  assert.equal(stored.length, injectable.length);
  stored.forEach(isSettled);
});

test('so is every pod that is generated', { skip }, async (t) => {
  const seed = Date.now();
  t.diagnostic(`seed ${seed}`);
  const pods = fc.sample(arbitraryPod, { seed, numRuns: 150 });
  // It drops volumes of a kind that is not switched on, images for one.
  const taken = await created(pods);
  assert.equal(taken.length, pods.length);
  const injectable = taken.filter((pod) => admitted(pod).kind === 'inject');
  const stored = await created(injectable.map((pod) => injected(pod).pod));
  assert.equal(stored.length, injectable.length);
  stored.forEach(isSettled);
});

test('what the rules of these tests call wrong is refused', { skip }, async () => {
  const answers = await Promise.all(wrongPods.map(({ pod }) => server.kubectl.run(creating, pod)));
  const taken = wrongPods.filter((_, index) => answers[index]?.code === 0).map(({ name }) => name);
  assert.deepEqual(taken, []);
});
