import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAllOff, stopJson, stopLines } from '../../../../cli/cluster/stop/stop-report.js';
import { HavocError } from '../../../../core/havoc-error.js';
import { annotation } from '../../../../core/keys.js';
import { emergencyStopTarget, readEmergencyStop } from '../../../../kube/emergency-stop.js';
import type { KubeObject } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { aFault } from '../a-pod.js';
import { TestCluster } from './a-cluster.js';

const slow = { 'fault.havock8s.io/slow': 'disk latency 1s for 5m' };
const ends = (result: Awaited<ReturnType<TestCluster['stop']>>) =>
  Object.fromEntries(result.pods.map(({ pod, end }) => [pod.name, end?.kind ?? null]));

test('every fault of every pod is off and checked, whether the pod has our label or not', async () => {
  const cluster = new TestCluster();
  for (let index = 0; index < 40; index++) await cluster.pod(`db-${index}`, { annotations: slow });
  await cluster.pod('older', { annotations: slow, isOlder: true });
  await cluster.pod('calm');
  const result = await cluster.stop();
  assert.ok(isAllOff(result));
  assert.equal(result.pods.length, 42);
  assert.deepEqual(await cluster.annotated(), []);
  assert.deepEqual(stopLines(result, 1234), [
    'everything is off, after 1.2 s: 42 sidecars say that nothing is armed',
    '  41 annotated faults of 41 pods switched off',
    '  nothing new is admitted until: havock8s release (stopped by alice)',
  ]);
});

test('the EmergencyStop says who, when and why, and is renewed where there is one', async () => {
  const cluster = new TestCluster();
  await cluster.stop('first');
  await cluster.stop('second');
  const object = await cluster.api.get(emergencyStopTarget);
  assert.ok(object !== null);
  const { reason, by, at } = readEmergencyStop(object);
  assert.deepEqual([reason, by], ['second', 'alice']);
  assert.match(at ?? '', /^2026-01-02T03:04:\d\dZ$/);
});

test('what was armed within a pod is off as well, also by a clock that is ahead', async () => {
  const cluster = new TestCluster();
  await cluster.pod('db-0', { annotations: slow });
  cluster.within.set('db-0', aFault({ name: 'hand', source: 'control', startedAt: '2026-01-02T04:00:00Z' }));
  const result = await cluster.stop();
  assert.deepEqual(ends(result), { 'db-0': 'off' });
  assert.equal(
    (await cluster.get('db-0')).metadata.annotations?.[annotation.disarm],
    '2026-01-02T04:00:00.000Z',
  );
});

test('what a sidecar goes on with is named, with the time at which it ends', async () => {
  const cluster = new TestCluster();
  await cluster.pod('db-0');
  cluster.within.set('db-0', aFault({ name: 'stuck', source: 'control', startedAt: null }));
  const result = await cluster.stop();
  assert.deepEqual([ends(result), isAllOff(result)], [{ 'db-0': 'armed' }, false]);
  const [heading, left] = stopLines(result, 0);
  assert.match(heading ?? '', /^not everything is known to be off, after 0\.0 s: 0 of 1 sidecar says/);
  assert.equal(left, '  shop/db-0  still armed: stuck ends at 2026-01-02T03:09:05.123Z');
});

test('a sidecar that cannot be asked is told, with when its faults end by themselves', async () => {
  const cluster = new TestCluster();
  await cluster.pod('db-0', {
    annotations: { ...slow, 'fault.havock8s.io/b': 'disk freeze until 2026-01-02T03:05:05Z' },
  });
  await cluster.pod('db-1');
  for (const name of ['db-0', 'db-1']) cluster.silent.add(name);
  const result = await cluster.stop();
  assert.deepEqual([ends(result), isAllOff(result)], [{ 'db-0': 'unknown', 'db-1': 'unknown' }, false]);
  assert.deepEqual(await cluster.annotated(), []);
  assert.ok(
    (await cluster.get('db-1')).metadata.annotations?.[annotation.disarm] !== undefined,
    'told blindly',
  );
  assert.deepEqual(stopLines(result, 0).slice(1, 3), [
    '  shop/db-0  could not be asked (nobody answers); by themselves: slow ends 5m 00s after it was armed, b ends at 2026-01-02T03:05:05.000Z',
    '  shop/db-1  could not be asked (nobody answers); no fault was annotated',
  ]);
});

test('conflicts and an API server that fails for a moment are outlasted', async () => {
  const cluster = new TestCluster();
  await cluster.pod('db-0', { annotations: slow });
  const failures = new Map<string, number>();
  cluster.api.intercept = (call) => {
    // By which the sidecars are asked here.
    if (call === 'get') return;
    const count = (failures.get(call) ?? 0) + 1;
    failures.set(call, count);
    if (count <= 2) throw new HavocError(call === 'list' ? 'kube.unreachable' : 'kube.conflict', call);
  };
  assert.ok(isAllOff(await cluster.stop()));
  assert.deepEqual(await cluster.annotated(), []);
});

const refusals: readonly (readonly [call: string, says: RegExp])[] = [
  ['create', /nothing keeps new faults and experiments out: no create/],
  ['list', /pods with havock8s\.io\/injected=true could not be listed: no list/],
  ['patch', /shop\/db-0 {2}its annotations could not be taken away: no patch/],
];
for (const [call, says] of refusals) {
  test(`where ${call} is refused the rest is done, and it is said`, async () => {
    const cluster = new TestCluster();
    await cluster.pod('db-0', { annotations: slow });
    cluster.api.intercept = (asked) => {
      if (asked === call) throw new HavocError('kube.forbidden', `no ${call}`);
    };
    const result = await cluster.stop();
    assert.equal(isAllOff(result), false);
    assert.match(stopLines(result, 0).join('\n'), says);
    cluster.api.intercept = () => {};
    assert.equal((await cluster.api.get(emergencyStopTarget)) === null, call === 'create');
    assert.equal((await cluster.annotated()).length, call === 'create' ? 0 : 1);
  });
}

test('where the kind is not installed that is said, and everything is off all the same', async () => {
  const cluster = new TestCluster();
  await cluster.pod('db-0', { annotations: slow });
  cluster.api.intercept = (call) => {
    if (call === 'create') throw new HavocError('kube.not-found', 'no such kind');
  };
  const result = await cluster.stop();
  assert.deepEqual([ends(result), result.isEngaged], [{ 'db-0': 'off' }, false]);
  assert.match(result.problems.join(), /this cluster has no kind EmergencyStop/);
});

test('a fault that somebody sets before the stop is in force is taken away as well', async () => {
  const cluster = new TestCluster();
  await cluster.pod('db-0');
  const target = { resource: resources.pods, namespace: 'shop', name: 'db-0' };
  let isSet = false;
  cluster.api.intercept = async (call) => {
    if (call !== 'create' || isSet) return;
    isSet = true;
    // After the pods were listed.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    await cluster.api.patch(target, { kind: 'merge', body: { metadata: { annotations: slow } } });
  };
  const result = await cluster.stop();
  assert.ok(isSet && isAllOff(result));
  assert.deepEqual(await cluster.annotated(), []);
  assert.deepEqual([...(result.pods[0]?.disarmed.keys() ?? [])], ['slow']);
});

test('a pod that goes meanwhile is no failure', async () => {
  const cluster = new TestCluster();
  await cluster.pod('db-0', { annotations: slow });
  cluster.silent.add('db-0');
  cluster.api.intercept = async (call, target) => {
    if (call !== 'patch' || !('name' in target)) return;
    cluster.api.intercept = () => {};
    await cluster.api.remove(target);
  };
  const result = await cluster.stop();
  assert.deepEqual([ends(result), isAllOff(result)], [{ 'db-0': 'gone' }, true]);
});

test('experiments that go on are told to stop, and nodes are not isolated any more', async () => {
  const cluster = new TestCluster();
  const experiment = (name: string, rest: object): KubeObject => ({
    metadata: { name, namespace: 'shop' },
    ...rest,
  });
  const experiments = { resource: resources.experiments, namespace: 'shop' };
  const finished = { status: { conditions: [{ type: 'Finished', status: 'True' }] } };
  await cluster.api.create(experiments, experiment('runs', { spec: {} }));
  await cluster.api.create(experiments, experiment('done', { spec: {}, ...finished }));
  await cluster.api.create(experiments, experiment('stopping', { spec: { stop: { reason: 'mine' } } }));
  await cluster.api.create(
    { resource: resources.nodeIsolations, namespace: null },
    { metadata: { name: 'n1' } },
  );
  const result = await cluster.stop();
  assert.deepEqual([result.experiments, result.isolations], [['shop/runs'], ['n1']]);
  const { items } = await cluster.api.list(experiments);
  const reasons = items.map((one) => (one as { spec?: { stop?: { reason: string } } }).spec?.stop?.reason);
  assert.deepEqual(reasons, ['pager', undefined, 'mine']);
  assert.match(stopLines(result, 0).join(), /1 experiment told to stop, 1 node no longer isolated/);
});

test('programs are told of every pod, and people of the first twenty', async () => {
  const cluster = new TestCluster();
  for (let index = 0; index < 30; index++) {
    await cluster.pod(`db-${index}`, { annotations: slow });
    cluster.silent.add(`db-${index}`);
  }
  const result = await cluster.stop();
  assert.match(stopLines(result, 0).join('\n'), /and 10 more; --output json has all of them/);
  const json = JSON.parse(JSON.stringify(stopJson(result, 1.6)));
  assert.deepEqual([json.off, json.engaged, json.tookMs, json.pods.length], [false, true, 2, 30]);
  assert.deepEqual(json.pods[0], {
    ...{
      namespace: 'shop',
      pod: 'db-0',
      node: 'n1',
      disarmed: ['slow'],
      state: 'unknown',
      why: 'nobody answers',
    },
    left: [
      { name: 'slow', sentence: slow['fault.havock8s.io/slow'], ends: 'ends 5m 00s after it was armed' },
    ],
  });
});
