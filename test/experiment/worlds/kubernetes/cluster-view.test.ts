/** However many runs look at a namespace, what they need to know of it is asked for once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../../core/clock.js';
import { ClusterView } from '../../../../experiment/worlds/kubernetes/cluster-view.js';
import type { KubeObject } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { ObjectStore } from '../../../kube/object-store.js';

const namespace = 'shop';
const count = 20;

async function storeOfSets(): Promise<ObjectStore> {
  const store = new ObjectStore();
  for (let index = 0; index < count; index += 1) {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: `web${index}`, uid: `uid-${index}` };
    const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `web${index}-1` };
    const made = await store.create<KubeObject>(
      { resource: resources.replicaSets, namespace },
      { metadata: { name: set.name, namespace, ownerReferences: [{ ...owner, controller: true }] } },
    );
    const uid = made.metadata.uid ?? '';
    await store.create<KubeObject>(
      { resource: resources.pods, namespace },
      {
        metadata: {
          name: `web${index}-1-a`,
          namespace,
          ownerReferences: [{ ...set, uid, controller: true }],
        },
      },
    );
  }
  return store;
}

test('many runs look: each owner is asked for once, and known to all of them', async () => {
  const store = await storeOfSets();
  const asked = new Map<string, number>();
  store.intercept = (call, target) => {
    const [{ resource }, name] = [target, 'name' in target ? target.name : ''];
    if (call === 'get')
      asked.set(`${resource.kind} ${name}`, (asked.get(`${resource.kind} ${name}`) ?? 0) + 1);
  };
  const view = new ClusterView({ api: store, clock: systemClock, random: () => 0.5, onError: () => {} });
  const stop = view.look(namespace, () => {});
  try {
    const seen = await Promise.all(Array.from({ length: 30 }, () => view.pods(namespace)));
    const workloads = seen.map(({ pods }) =>
      pods.map(({ owner }) => (owner === null ? '' : (view.ownersOf(owner)[0]?.name ?? ''))).sort(),
    );
    const names = Array.from({ length: count }, (_, index) => `web${index}`).sort();
    for (const found of workloads) assert.deepEqual(found, names);
    assert.deepEqual(new Set(asked.values()), new Set([1]));
    assert.equal(asked.size, 2 * count);
  } finally {
    await stop();
  }
});

test('between two changes pods are put in order once', async () => {
  const store = await storeOfSets();
  const view = new ClusterView({ api: store, clock: systemClock, random: () => 0.5, onError: () => {} });
  let onChange = (): void => {};
  const stop = view.look(namespace, () => onChange());
  try {
    const before = await view.pods(namespace);
    assert.equal(await view.pods(namespace), before);
    const changed = new Promise<void>((resolve) => {
      onChange = resolve;
    });
    await store.patch(
      { resource: resources.pods, namespace, name: 'web0-1-a' },
      {
        kind: 'merge',
        body: { metadata: { annotations: { 'fault.havock8s.io/run.slow': 'disk latency 1s' } } },
      },
    );
    await changed;
    const after = await view.pods(namespace);
    assert.notEqual(after, before);
    assert.equal(
      after.pods.find(({ name }) => name === 'web0-1-a')?.faults.get('run.slow'),
      'disk latency 1s',
    );
  } finally {
    await stop();
  }
});

test('owners are asked for a few at a time, however many there are', async () => {
  const store = await storeOfSets();
  let [underway, most] = [0, 0];
  store.intercept = async (call) => {
    if (call !== 'get') return;
    underway += 1;
    most = Math.max(most, underway);
    await new Promise(setImmediate);
    underway -= 1;
  };
  const view = new ClusterView({ api: store, clock: systemClock, random: () => 0.5, onError: () => {} });
  const stop = view.look(namespace, () => {});
  try {
    await view.pods(namespace);
    assert.ok(most > 1 && most <= 8, `${most} at a time`);
  } finally {
    await stop();
  }
});
