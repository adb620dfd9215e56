import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { KubeObject } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { clusterOf, withSet } from './cluster-of.js';
import { namespace } from './simulated-cluster.js';

const set = { kind: 'StatefulSet', name: 'db' };
const slow = { name: 'slow', fault: 'disk latency 10ms on fsync for 10s' };

test('a fault is on the pods of its target, hits them, goes off, and nothing is left behind', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  await cluster.experiment('slow-disk', { targets: [{ name: 'db', workload: set }], steps: [slow] });
  assert.match(await verdictOf('slow-disk'), /^Inconclusive: NothingMeasured/);
  const run = await cluster.run('slow-disk');
  assert.deepEqual([...run.faults.keys()], ['slow@db-0', 'slow@db-1', 'slow@db-2']);
  for (const { injected, endsAtMs } of run.faults.values()) {
    assert.ok(injected > 50, `${injected}`);
    assert.equal(endsAtMs, 10_000 + (run.steps.get('slow')?.beganAtMs ?? 0));
  }
  assert.deepEqual(await cluster.armed(), []);
  assert.deepEqual(await cluster.annotations(), []);
  await cluster.until(
    'the finalizer is gone',
    async () => (await cluster.finalizersOf('slow-disk')).length === 0,
  );
  assert.deepEqual(cluster.errors, []);
});

test('the finalizer is stored before the first fault', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  cluster.store.intercept = async (call, target) => {
    if (call !== 'patch' || target.resource.plural !== 'pods') return;
    assert.deepEqual(await cluster.finalizersOf('slow-disk'), ['havock8s.io/faults']);
  };
  start();
  await cluster.experiment('slow-disk', {
    targets: [{ name: 'db', workload: set, mode: 'one' }],
    steps: [slow],
  });
  await verdictOf('slow-disk');
  assert.deepEqual([...cluster.hit], ['db-0 slow-disk.slow']);
});

test('one that is stopped, or deleted, ends with every fault off', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  const spec = {
    targets: [{ name: 'db', pods: ['db-1'] }],
    steps: [{ ...slow, fault: 'disk freeze on fsync for 5m' }],
  };
  const target = (name: string) => ({ resource: resources.experiments, namespace, name });
  await cluster.experiment('stopped', spec);
  await cluster.until('it is on', async () => (await cluster.armed()).length > 0);
  await cluster.store.patch(target('stopped'), {
    kind: 'merge',
    body: { spec: { stop: { reason: 'lunch' } } },
  });
  assert.equal(await verdictOf('stopped'), 'Aborted: Asked: somebody asked for the end: lunch');
  assert.deepEqual(await cluster.armed(), []);

  await cluster.experiment('deleted', spec);
  await cluster.until('it is on', async () => (await cluster.armed()).length > 0);
  await cluster.store.remove(target('deleted'));
  await cluster.until('it is gone', async () => (await cluster.find('deleted')) === null, 30_000);
  assert.deepEqual(await cluster.armed(), []);
});

test('a pod that goes while it has a fault is not waited for', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  await cluster.experiment('gone', {
    targets: [{ name: 'db', pods: ['db-1'] }],
    steps: [{ ...slow, fault: 'disk latency 10ms on fsync for 5m' }],
    timeLimit: '20m',
  });
  await cluster.until('it is on', async () => (await cluster.armed()).length > 0);
  await cluster.store.remove({ resource: resources.pods, namespace, name: 'db-1' });
  assert.doesNotMatch(await verdictOf('gone'), /Error/);
});

test('the controller that comes after a dead one goes on at the journal', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  const first = start();
  await cluster.experiment('slow-disk', {
    targets: [{ name: 'db', workload: set }],
    steps: [slow, { ...slow, name: 'again' }],
  });
  await cluster.until('it is on', async () => (await cluster.armed()).length === 3);
  first.kill();
  await cluster.until('it is off', async () => (await cluster.armed()).length === 0);
  start();
  assert.match(await verdictOf('slow-disk'), /^Inconclusive: NothingMeasured/);
  assert.deepEqual([...cluster.hit].toSorted(), [
    'db-0 slow-disk.again',
    'db-0 slow-disk.slow',
    'db-1 slow-disk.again',
    'db-1 slow-disk.slow',
    'db-2 slow-disk.again',
    'db-2 slow-disk.slow',
  ]);
});

test('a controller that loses its lease and has it again at once goes on with its runs', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  const controller = start();
  await cluster.experiment('slow-disk', { targets: [{ name: 'db', workload: set }], steps: [slow] });
  await cluster.until('it is on', async () => (await cluster.armed()).length === 3);
  controller.leadAgain();
  assert.match(await verdictOf('slow-disk'), /^Inconclusive: NothingMeasured/);
  assert.deepEqual(await cluster.annotations(), []);
});

test('a run whose journal is lost switches off what bears its name, and says so', async (context) => {
  const { cluster, start } = await clusterOf(context);
  const first = start();
  await cluster.experiment('lost', {
    targets: [{ name: 'db', workload: set }],
    steps: [{ ...slow, fault: 'disk latency 10ms on fsync for 5m' }],
  });
  await cluster.until('it is on', async () => (await cluster.armed()).length === 3);
  first.kill();
  await cluster.store.remove({ resource: resources.configMaps, namespace, name: 'lost-journal' });
  start();
  await cluster.until('it is over', () => cluster.isOver('lost'));
  assert.equal((await cluster.find('lost'))?.status?.verdict, 'Error');
  assert.deepEqual(await cluster.armed(), []);
});

test('a file that cannot be read touches nothing, and says every problem', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  await cluster.experiment('wrong', {
    targets: [{ name: 'db', pods: ['db-0'] }],
    stepz: [],
    steps: [{ fault: 'disk latensy 1s for 1s' }],
  });
  const said = await verdictOf('wrong');
  assert.match(said, /^Error: Invalid: nothing was started: .*did you mean "steps"\?/);
  assert.match(said, /did you mean "latency"\?/);
});

const cnpg = (role: string) => ({
  'cnpg.io/cluster': 'db',
  'cnpg.io/podRole': 'instance',
  'cnpg.io/instanceRole': role,
});

async function databaseOf(context: TestContext) {
  const made = await clusterOf(context, []);
  const { cluster } = made;
  await cluster.pod('db-1', { labels: cnpg('replica') });
  await cluster.pod('db-2', { labels: cnpg('primary') });
  const label = (pod: string, role: string) =>
    cluster.store.patch(
      { resource: resources.pods, namespace, name: pod },
      { kind: 'merge', body: { metadata: { labels: { 'cnpg.io/instanceRole': role } } } },
    );
  return { ...made, label };
}

test('the primary is found by its role, wherever it is, and the fault goes with it', async (context) => {
  const { cluster, start, verdictOf, label } = await databaseOf(context);
  start();
  await cluster.experiment('follow', {
    targets: [{ name: 'db', workload: set, role: { is: 'primary', follow: true } }],
    steps: [{ name: 'slow', fault: 'disk latency 10ms on fsync for 60s' }],
  });
  await cluster.until('it is on the primary', async () =>
    (await cluster.armed()).includes('db-2 follow.slow'),
  );
  await label('db-2', 'unhealthy');
  await cluster.until('nobody is the primary', () => true);
  await label('db-1', 'primary');
  await label('db-2', 'replica');
  await cluster.until(
    'it has moved',
    async () => String(await cluster.armed()) === 'db-1 follow.slow',
    20_000,
  );
  assert.match(await verdictOf('follow'), /^Inconclusive: NothingMeasured/);
  assert.deepEqual([...(await cluster.run('follow')).faults.keys()], ['slow@db-2', 'slow@db-1']);
});

test('a target that does not follow stays who it was', async (context) => {
  const { cluster, start, verdictOf, label } = await databaseOf(context);
  start();
  await cluster.experiment('stay', {
    targets: [{ name: 'db', workload: set, role: { is: 'primary' } }],
    steps: [{ name: 'slow', fault: 'disk latency 10ms on fsync for 20s' }],
  });
  await cluster.until('it is on', async () => (await cluster.armed()).length > 0);
  await label('db-1', 'primary');
  await label('db-2', 'replica');
  await verdictOf('stay');
  assert.deepEqual([...cluster.hit], ['db-2 stay.slow']);
});

test('two primaries are a split brain, and no primary is waited for', async (context) => {
  const { cluster, start, verdictOf, label } = await databaseOf(context);
  start();
  const spec = {
    targets: [{ name: 'db', workload: set, role: { is: 'primary' } }],
    steps: [{ name: 'slow', fault: 'disk latency 10ms on fsync for 5s' }],
  };
  await label('db-1', 'primary');
  await cluster.experiment('split', spec);
  assert.match(await verdictOf('split'), /^Aborted: Refused: .*split brain: db-1, db-2 are primaries/);
  await label('db-1', 'replica');
  await label('db-2', 'unhealthy');
  await cluster.experiment('late', spec);
  for (let looks = 0; looks < 5; looks += 1) await cluster.until('it looks', () => true);
  assert.deepEqual([...cluster.hit], []);
  await label('db-1', 'primary');
  await verdictOf('late');
  assert.deepEqual([...cluster.hit], ['db-1 late.slow']);
});

test('while everything is stopped nothing begins, and what goes on is broken off', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  const spec = {
    targets: [{ name: 'db', pods: ['db-1'] }],
    steps: [{ ...slow, fault: 'disk freeze on fsync for 5m' }],
  };
  await cluster.experiment('on', spec);
  await cluster.until('it is on', async () => (await cluster.armed()).length > 0);
  cluster.stopped = 'by alice since 2026-01-02T03:04:05Z: pager';
  assert.match(await verdictOf('on'), /^Aborted: Unsafe: everything is stopped by alice/);
  assert.deepEqual(await cluster.armed(), []);
  await cluster.experiment('next', spec);
  assert.match(
    await verdictOf('next'),
    /^Aborted: Refused: nothing was started: everything is stopped by alice/,
  );
});

const node = (name: string) => ({ resource: resources.nodes, namespace: null, name });

async function withNodes(context: TestContext) {
  const made = await clusterOf(context);
  const { store } = made.cluster;
  for (const name of ['node-db-0', 'node-db-1', 'node-db-2'])
    await store.create({ resource: resources.nodes, namespace: null }, {
      ...{ apiVersion: 'v1', kind: 'Node', metadata: { name } },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    } as KubeObject);
  const isCordoned = async (name: string) =>
    (await store.get<KubeObject & { spec?: { unschedulable?: boolean } }>(node(name)))?.spec
      ?.unschedulable === true;
  return { ...made, isCordoned };
}

test('a node is cordoned for its time, and is as it was before', async (context) => {
  const { cluster, start, verdictOf, isCordoned } = await withNodes(context);
  start();
  const spec = (pod: string) => ({
    targets: [{ name: 'db', pods: [pod] }],
    steps: [{ name: 'away', node: { action: 'cordon', for: '10s' } }],
  });
  await cluster.experiment('cordon', spec('db-1'));
  await cluster.until('it is cordoned', () => isCordoned('node-db-1'));
  await verdictOf('cordon');
  assert.equal(await isCordoned('node-db-1'), false);

  await cluster.store.patch(node('node-db-2'), { kind: 'merge', body: { spec: { unschedulable: true } } });
  await cluster.experiment('again', spec('db-2'));
  await verdictOf('again');
  assert.equal(await isCordoned('node-db-2'), true);
});

test('a run whose controller dies gives its node back all the same', async (context) => {
  const { cluster, start, verdictOf, isCordoned } = await withNodes(context);
  const first = start();
  await cluster.experiment('cordon', {
    targets: [{ name: 'db', pods: ['db-1'] }],
    steps: [{ name: 'away', node: { action: 'cordon', for: '5m' } }],
  });
  await cluster.until('it is cordoned', () => isCordoned('node-db-1'));
  first.kill();
  start();
  const target = { resource: resources.experiments, namespace, name: 'cordon' };
  await cluster.store.patch(target, { kind: 'merge', body: { spec: { stop: { reason: 'enough' } } } });
  assert.match(await verdictOf('cordon'), /^Aborted: Asked/);
  assert.equal(await isCordoned('node-db-1'), false);
});

test('a run whose journal is lost gives its node back before it lets go', async (context) => {
  const { cluster, start, isCordoned } = await withNodes(context);
  const first = start();
  await cluster.experiment('cordon', {
    targets: [{ name: 'db', pods: ['db-1'] }],
    steps: [{ name: 'away', node: { action: 'cordon', for: '5m' } }],
  });
  await cluster.until('it is cordoned', () => isCordoned('node-db-1'));
  first.kill();
  await cluster.store.remove({ resource: resources.configMaps, namespace, name: 'cordon-journal' });
  start();
  await cluster.until('nothing holds it', async () => (await cluster.finalizersOf('cordon')).length === 0);
  assert.equal(await isCordoned('node-db-1'), false);
});

test('a node of the control plane is refused, and one that does not do what the step expects', async (context) => {
  const { cluster, start, verdictOf } = await withNodes(context);
  start();
  const label = { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } } };
  await cluster.store.patch(node('node-db-0'), { kind: 'merge', body: label });
  const spec = (pod: string) => ({
    targets: [{ name: 'db', pods: [pod] }],
    steps: [{ name: 'away', node: { action: 'taint', for: '10s', expect: 'stays' } }],
  });
  await cluster.experiment('plane', spec('db-0'));
  assert.match(
    await verdictOf('plane'),
    /^Aborted: Refused: .*step away: node node-db-0 is of the control plane/,
  );
  await cluster.experiment('stays', spec('db-1'));
  assert.match(
    await verdictOf('stays'),
    /^Aborted: Refused: .*step away: shop\/db-1 would .*the step expects: stays/,
  );
});

test('a workload is scaled, and back', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  const replicas = await withSet(cluster);
  start();
  await cluster.experiment('scale', {
    targets: [{ name: 'db', workload: set }],
    safety: { allow: ['share', 'quorum'] },
    steps: [{ name: 'fewer', scale: { replicas: 1, for: '10s' } }],
  });
  await cluster.until('it is scaled', async () => (await replicas()) === 1);
  await verdictOf('scale');
  assert.equal(await replicas(), 3);
});
