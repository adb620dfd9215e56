/** Nodes and controllers whose clocks differ: the end of a fault is an absolute time, which its sidecar reads by its own. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { resources } from '../../kube/resources.js';
import { clusterOf } from './cluster-of.js';
import { namespace } from './simulated-cluster.js';

const { pods } = resources;
const lasts = 10_000;
const slow = { name: 'slow', fault: 'disk latency 10ms on fsync for 10s' };
const spec = { targets: [{ name: 'db', pods: ['db-0'] }], steps: [slow] };

async function armedAt(context: TestContext, aheadMs: number) {
  const of = await clusterOf(context);
  of.cluster.aheadMs.set('db-0', aheadMs);
  const controller = of.start();
  await of.cluster.experiment('one', spec);
  const isArmed = async () => (await of.cluster.armed()).length > 0;
  const clock = of.cluster.clock;
  await of.cluster.until('it is on', isArmed);
  return { ...of, controller, isArmed, onMs: clock.monotonicMs() };
}

for (const aheadMs of [59_000, 30_000, 4000, 1000, 200, -200, -1000, -4000, -30_000, -59_000]) {
  test(`a clock that is ${aheadMs} ms ahead: the fault is on as long as asked for`, async (context) => {
    const { cluster, verdictOf } = await armedAt(context, aheadMs);
    assert.match(await verdictOf('one'), /^Inconclusive: NothingMeasured/);
    const { injected = 0 } = (await cluster.run('one')).faults.get('slow@db-0') ?? {};
    assert.ok(injected > 80 && injected <= 110, `on for ${injected * 100} ms`);
  });

  test(`a clock that is ${aheadMs} ms ahead: without a controller the fault ends at its time`, async (context) => {
    const { cluster, controller, isArmed, onMs } = await armedAt(context, aheadMs);
    controller.kill();
    await cluster.until('it is off', async () => !(await isArmed()), 120_000);
    const onForMs = cluster.clock.monotonicMs() - onMs;
    assert.ok(onForMs > lasts - 1500 && onForMs <= lasts + 3000, `on for ${onForMs} ms`);
  });
}

for (const [aheadMs, says] of [
  [90_000, '90 s ahead of'],
  [-3_600_000, '3600 s behind'],
] as const)
  test(`a clock that is ${says} the controller's is refused, with the numbers`, async (context) => {
    const { cluster, start, verdictOf } = await clusterOf(context);
    cluster.aheadMs.set('db-0', aheadMs);
    start();
    await cluster.experiment('one', spec);
    assert.equal(
      await verdictOf('one'),
      `Aborted: Refused: nothing was started: the clock of pod db-0 (node node-db-0) is ${says} the controller's; expected at most 60 s; havock8s doctor says which of the nodes is wrong, and chronyc makestep on that node sets it`,
    );
    assert.deepEqual([...cluster.hit], []);
  });

test('a wrong clock of a pod that is to have no fault is nobody’s trouble', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  cluster.aheadMs.set('db-1', 90_000);
  start();
  await cluster.experiment('one', spec);
  assert.match(await verdictOf('one'), /NothingMeasured/);
  assert.deepEqual([...cluster.hit], ['db-0 one.slow']);
});

test('a clock that is set while the fault is on: its end is written again', async (context) => {
  const { cluster, verdictOf, isArmed, onMs } = await armedAt(context, -30_000);
  await cluster.until('half is over', () => cluster.clock.monotonicMs() > onMs + lasts / 2);
  // Backwards: forwards it would have ended before anybody could know.
  cluster.aheadMs.set('db-0', -50_000);
  assert.match(await verdictOf('one'), /NothingMeasured/);
  assert.equal(await isArmed(), false);
});

test('who goes on with a run and cannot ask the sidecar leaves the end that is written', async (context) => {
  const { cluster, start, controller, isArmed, onMs } = await armedAt(context, -30_000);
  controller.kill();
  cluster.silent.add('db-0');
  const written = async () =>
    (await cluster.store.get({ resource: pods, namespace, name: 'db-0' }))?.metadata.annotations?.[
      'fault.havock8s.io/one.slow'
    ];
  const before = await written();
  start();
  await cluster.until('a while is over', () => cluster.clock.monotonicMs() > onMs + lasts / 2);
  assert.equal(await written(), before);
  await cluster.until('it is off', async () => !(await isArmed()), 120_000);
  assert.ok(cluster.clock.monotonicMs() - onMs <= lasts + 3000);
});
