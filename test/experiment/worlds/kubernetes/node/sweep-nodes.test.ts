import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HavocError } from '../../../../../core/havoc-error.js';
import { cordon } from '../../../../../experiment/worlds/kubernetes/node/cordon.js';
import { isolate } from '../../../../../experiment/worlds/kubernetes/node/isolate.js';
import { nodeLimits } from '../../../../../experiment/worlds/kubernetes/node/node-limits.js';
import { nodeMarks, taintKey } from '../../../../../experiment/worlds/kubernetes/node/node-mark.js';
import { sweepNodes } from '../../../../../experiment/worlds/kubernetes/node/sweep-nodes.js';
import { taint } from '../../../../../experiment/worlds/kubernetes/node/taint.js';
import { resources } from '../../../../../kube/resources.js';
import type { ObjectStore } from '../../../../kube/object-store.js';
import { aCluster, aRequest, nodes, nowMs, theNode, untilMs } from './a-cluster.js';

/** n1 is cordoned, n2 tainted, n3 isolated, and n4 has nothing. */
async function aBrokenCluster(): Promise<ObjectStore> {
  const store = await aCluster('n1', 'n2', 'n3', 'n4');
  await cordon.begin(store, await aRequest(store, 'n1'), nowMs);
  await taint.begin(store, await aRequest(store, 'n2'), nowMs);
  await isolate().begin(store, await aRequest(store, 'n3'), nowMs);
  return store;
}

const swept = async (store: ObjectStore, atMs: number, options = {}): Promise<readonly string[]> =>
  (await sweepNodes(store, atMs, options)).map(({ node, what, outcome }) => `${what} of ${node} ${outcome}`);

const everything = ['cordon of n1 ended', 'taint of n2 ended', 'isolation of n3 ended'];

async function isClean(store: ObjectStore): Promise<void> {
  for (const name of ['n1', 'n2', 'n3', 'n4']) {
    const { spec, metadata } = await theNode(store, name);
    assert.deepEqual([spec, metadata.annotations ?? {}], [{}, {}]);
  }
  assert.deepEqual((await store.list({ resource: resources.nodeIsolations, namespace: null })).items, []);
}

test('what has time left, and whose run is there, is left alone', async () => {
  assert.deepEqual(await swept(await aBrokenCluster(), untilMs - 1), []);
});

test('what is overdue is ended, and an isolation kept for a moment longer, as it ends by itself', async () => {
  const store = await aBrokenCluster();
  assert.deepEqual(await swept(store, untilMs), everything.slice(0, 2));
  assert.deepEqual(await swept(store, untilMs + nodeLimits.keptMs), everything.slice(2));
  assert.deepEqual(await swept(store, untilMs + nodeLimits.keptMs), []);
  await isClean(store);
});

test('what belongs to a run that is gone is ended at once, also where another has its name', async () => {
  const store = await aBrokenCluster();
  const run = { resource: resources.experiments, namespace: 'shop' };
  await store.remove({ ...run, name: 'zombie' });
  const object = {
    apiVersion: 'havock8s.io/v1alpha1',
    kind: 'Experiment',
    metadata: { name: 'zombie', namespace: 'shop' },
  };
  await store.create(run, object);
  assert.deepEqual(await swept(store, nowMs), everything);
  await isClean(store);
});

test('all of it is ended where all is asked for', async () => {
  const store = await aBrokenCluster();
  assert.deepEqual(await swept(store, nowMs, { all: true }), everything);
  await isClean(store);
});

test('an isolation without a run, such as a person makes, is taken away when its time is over', async () => {
  const store = await aCluster('n1');
  const object = {
    apiVersion: resources.nodeIsolations.apiVersion,
    kind: 'NodeIsolation',
    metadata: { name: 'n1' },
    spec: { node: 'n1', lasts: '1m30s' },
  };
  await store.create({ resource: resources.nodeIsolations, namespace: null }, object);
  assert.deepEqual(await swept(store, nowMs + 90_000), []);
  assert.deepEqual(await swept(store, nowMs + 90_000 + nodeLimits.keptMs), ['isolation of n1 ended']);
});

test('a taint of ours that nobody has marked has no end, and is ended; a cordon in unreadable words is left, and told', async () => {
  const store = await aCluster('n1', 'n2');
  const spec = { taints: [{ key: taintKey, value: 'x', effect: 'NoExecute' }] };
  await store.patch({ ...nodes, name: 'n1' }, { kind: 'merge', body: { spec } });
  const metadata = { annotations: { [nodeMarks.cordon]: 'soon' } };
  await store.patch(
    { ...nodes, name: 'n2' },
    { kind: 'merge', body: { metadata, spec: { unschedulable: true } } },
  );
  assert.deepEqual(await swept(store, nowMs), ['taint of n1 ended', 'cordon of n2 failed']);
  assert.equal((await theNode(store, 'n2')).spec?.unschedulable, true);
});

test('what cannot be ended does not keep the rest', async () => {
  const store = await aBrokenCluster();
  store.intercept = (call, target) => {
    if (call === 'patch' && 'name' in target && target.name === 'n1')
      throw new HavocError('kube.forbidden', 'no');
  };
  assert.deepEqual(await swept(store, untilMs + nodeLimits.keptMs), [
    'cordon of n1 failed',
    ...everything.slice(1),
  ]);
  store.intercept = (call, target) => {
    if (call === 'list' && target.resource === resources.nodeIsolations)
      throw new HavocError('kube.not-found', 'no kind');
  };
  assert.deepEqual(await swept(store, untilMs), ['cordon of n1 ended']);
});
