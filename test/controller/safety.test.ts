/** What is refused before the first fault, and what breaks a run off behind it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources } from '../../kube/resources.js';
import { clusterOf, withSet } from './cluster-of.js';
import { namespace } from './simulated-cluster.js';

const set = { kind: 'StatefulSet', name: 'db' };
const slow = { name: 'slow', fault: 'disk latency 10ms on fsync for 10s' };

test('what would take a majority is refused, with the numbers and the names', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  await cluster.experiment('cut', {
    targets: [{ name: 'db', workload: set, mode: 2 }],
    safety: { maxPods: '100%' },
    steps: [{ name: 'cut', fault: 'tcp partition for 10s' }],
  });
  assert.equal(
    await verdictOf('cut'),
    'Aborted: Refused: nothing was started: StatefulSet db has 3 members, 3 healthy (db-0, db-1, db-2); taking db-0, db-1 leaves 1, and 2 are a majority',
  );
  assert.deepEqual([...cluster.hit], []);
});

test('who scales a workload has all its pods, and is refused where another run has one of them', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  const replicas = await withSet(cluster);
  start();
  const scaling = (ordinal: number) => ({
    targets: [{ name: 'db', workload: set, ordinals: [ordinal] }],
    steps: [{ name: 'down', scale: { replicas: 2, for: '10s' } }],
  });
  await cluster.experiment('first', scaling(0));
  await cluster.until('it is scaled', async () => (await replicas()) === 2);
  await cluster.experiment('second', scaling(1));
  await cluster.experiment('third', { targets: [{ name: 'db', pods: ['db-1'] }], steps: [slow] });
  for (const name of ['second', 'third'])
    assert.match(await verdictOf(name), /^Aborted: Refused: .*pod db-1 is a target of the run shop\/first/);
  await verdictOf('first');
  assert.equal(await replicas(), 3);
});

test('no step begins while it is paused, and what is on ends at its time', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  const pause = (paused: boolean) =>
    cluster.store.patch(
      { resource: resources.experiments, namespace, name: 'paused' },
      { kind: 'merge', body: { spec: { paused } } },
    );
  start();
  await cluster.experiment('paused', {
    targets: [{ name: 'db', pods: ['db-0'] }],
    steps: [slow, { ...slow, name: 'again' }],
  });
  await cluster.until('the first is on', async () => (await cluster.armed()).length > 0);
  await pause(true);
  await cluster.until('it is off', async () => (await cluster.armed()).length === 0);
  const offMs = cluster.clock.monotonicMs();
  await cluster.until('a minute is over', () => cluster.clock.monotonicMs() > offMs + 60_000);
  assert.deepEqual([...cluster.hit], ['db-0 paused.slow']);
  await pause(false);
  assert.match(await verdictOf('paused'), /NothingMeasured/);
  assert.deepEqual([...cluster.hit], ['db-0 paused.slow', 'db-0 paused.again']);
});

test('behind the first fault a role that nothing follows is not all pods: it is who it was', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context, []);
  for (const [name, role] of [
    ['db-0', 'primary'],
    ['db-1', 'replica'],
    ['db-2', 'replica'],
  ] as const)
    await cluster.pod(name, { labels: { 'cnpg.io/instanceRole': role } });
  start();
  await cluster.experiment('fixed', {
    targets: [{ name: 'db', workload: set, role: { is: 'primary' } }],
    steps: [slow, { name: 'cut', fault: 'tcp partition for 10s' }],
  });
  assert.match(await verdictOf('fixed'), /NothingMeasured/);
  assert.deepEqual([...cluster.hit], ['db-0 fixed.slow', 'db-0 fixed.cut']);
});

test('a step that would take a majority by then is not made, whatever was so at first', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  await cluster.experiment('twice', {
    targets: [
      { name: 'one', pods: ['db-0'] },
      { name: 'other', pods: ['db-1'] },
    ],
    safety: { maxPods: '100%' },
    // Nobody makes the first one again.
    steps: [
      { name: 'first', target: 'one', delete: {} },
      { name: 'second', target: 'other', delete: {} },
    ],
  });
  assert.equal(
    await verdictOf('twice'),
    'Aborted: Unsafe: StatefulSet db has 3 members, 2 healthy (db-1, db-2); taking db-1 leaves 1, and 2 are a majority',
  );
  assert.deepEqual(await cluster.pods(), ['db-1', 'db-2']);
});

test('a pod that keeps ledgers is never touched, whoever selects it', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  await cluster.pod('havock8s-ledger-0', {
    labels: { app: 'db', 'havock8s.io/ledger': 'true' },
    owner: 'havock8s-ledger',
  });
  start();
  const targets = [{ name: 'all', selector: { matchLabels: { app: 'db' } } }];
  await cluster.experiment('all', { targets, safety: { maxPods: '100%' }, steps: [slow] });
  assert.equal(
    await verdictOf('all'),
    'Aborted: Refused: nothing was started: pod havock8s-ledger-0 keeps ledgers (label havock8s.io/ledger), and is never touched; leave it out by exclude',
  );
  assert.deepEqual([...cluster.hit], []);
});

test('a second run at the same pods is refused by the name of the first', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  const spec = { targets: [{ name: 'db', pods: ['db-1'] }], steps: [slow] };
  await cluster.experiment('first', spec);
  await cluster.until('it is on', async () => (await cluster.armed()).length > 0);
  await cluster.experiment('second', spec);
  assert.match(
    await verdictOf('second'),
    /^Aborted: Refused: .*pod db-1 is a target of the run shop\/first; wait for its end, or stop it$/,
  );
  assert.match(await verdictOf('first'), /NothingMeasured/);
});
