import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HavocError } from '../../../../../core/havoc-error.js';
import { protectedLabel } from '../../../../../core/keys.js';
import { drain } from '../../../../../experiment/worlds/kubernetes/node/drain.js';
import { type EvictedPod, whyLeft } from '../../../../../experiment/worlds/kubernetes/node/evict-pods.js';
import type { Pod } from '../../../../../experiment/worlds/kubernetes/node/pod-objects.js';
import { resources } from '../../../../../kube/resources.js';
import { ManualClock } from '../../../../core/manual-clock.js';
import type { ObjectStore } from '../../../../kube/object-store.js';
import { until } from '../../../../sidecar/mounted/until.js';
import { aCluster, aPod, aRequest, nowMs, ownedBy, theNode, untilMs } from './a-cluster.js';

const pods = { resource: resources.pods, namespace: 'shop' };
const labels = { [protectedLabel]: 'true' };

const left: Readonly<Record<string, readonly [Pod, RegExp | null]>> = {
  'of a StatefulSet': [aPod('a', { metadata: { name: 'a', ...ownedBy('StatefulSet') } }), null],
  'of nobody': [aPod('a'), null],
  'of a DaemonSet': [aPod('a', { metadata: { name: 'a', ...ownedBy('DaemonSet') } }), /DaemonSet/],
  'that is static': [
    aPod('a', { metadata: { name: 'a', annotations: { 'kubernetes.io/config.mirror': 'x' } } }),
    /static pod/,
  ],
  'that has succeeded': [aPod('a', { status: { phase: 'Succeeded' } }), /finished/],
  'that has failed': [aPod('a', { status: { phase: 'Failed' } }), /finished/],
  'that is protected': [aPod('a', { metadata: { name: 'a', labels } }), /has the label/],
  'of a protected namespace': [
    aPod('a', { metadata: { name: 'a', namespace: 'bank' } }),
    /its namespace has the label/,
  ],
};
for (const [what, [pod, why]] of Object.entries(left)) {
  test(`a pod ${what} ${why === null ? 'may go' : 'is left'}`, () => {
    const said = whyLeft({ ...pod, metadata: { namespace: 'shop', ...pod.metadata } }, new Set(['bank']));
    if (why === null) assert.equal(said, null);
    else assert.match(said ?? '', why);
  });
}

async function drained(store: ObjectStore, clock: ManualClock) {
  const passes: (readonly EvictedPod[])[] = [];
  const stop = new AbortController();
  const action = drain({ clock, signal: stop.signal, onPass: (pass) => passes.push(pass) });
  const request = await aRequest(store, 'n1');
  return { passes, stop, action, request, begun: action.begin(store, request, nowMs) };
}

test('a drain evicts what may go, by its uid, leaves the rest, and says both', async () => {
  const store = await aCluster('n1', 'n2');
  await store.create(pods, aPod('db-0'));
  await store.create(
    pods,
    aPod('log', { metadata: { name: 'log', namespace: 'shop', ...ownedBy('DaemonSet') } }),
  );
  await store.create(pods, aPod('else', { spec: { nodeName: 'n2' } }));
  const clock = new ManualClock(nowMs);
  const { begun, action, request, passes } = await drained(store, clock);
  await clock.timer(1_000);
  clock.advance(1_000);
  assert.equal(passes.length, 1);
  assert.equal(await begun, 'node n1 is cordoned; 1 pods evicted; 1 left');
  const { items } = await store.list(pods);
  assert.deepEqual(items.map(({ metadata }) => metadata.name).toSorted(), ['else', 'log']);
  assert.equal(await action.state(store, request), 'in-force');
  await action.end(store, request);
  assert.equal((await theNode(store, 'n1')).spec?.unschedulable, undefined);
});

test('what a budget holds is asked for again with longer and longer rests, and told with its numbers', async () => {
  const store = await aCluster('n1');
  await store.create(
    pods,
    aPod('db-0', { metadata: { name: 'db-0', namespace: 'shop', labels: { app: 'db' } } }),
  );
  const status = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 };
  await store.create({ resource: resources.podDisruptionBudgets, namespace: 'shop' }, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'db', namespace: 'shop' },
    spec: { selector: { matchLabels: { app: 'db' } } },
    status,
  } as Pod);
  store.intercept = (call) => {
    if (call === 'eviction') throw new HavocError('kube.budget', 'no');
  };
  const clock = new ManualClock(nowMs);
  const { begun, passes } = await drained(store, clock);
  const rests = [];
  for (let pass = 1; clock.wallMs() < untilMs; pass++) {
    await until(() => passes.length === pass && clock.pending === 1);
    const restMs = clock.nextInMs();
    rests.push(restMs / 1000);
    clock.advance(restMs);
  }
  assert.deepEqual(rests, [1, 2, 4, 8, 10, 10, 10, 10, 5]);
  assert.match(
    await begun,
    /0 pods evicted; shop\/db-0 stays: budget shop\/db allows 0: 2 healthy of 2 that it needs$/,
  );
});

test('a drain that is called off ends at once, and what fails does not keep the others', async () => {
  const store = await aCluster('n1');
  for (const name of ['db-0', 'db-1']) await store.create(pods, aPod(name));
  store.intercept = (call, target) => {
    if (call === 'eviction' && 'name' in target && target.name === 'db-0')
      throw new HavocError('kube.status', 'more than one budget');
  };
  const { begun, stop, passes } = await drained(store, new ManualClock(nowMs));
  await until(() => passes.length === 1);
  stop.abort();
  assert.match(await begun, /1 pods evicted; shop\/db-0 stays: more than one budget/);
});
