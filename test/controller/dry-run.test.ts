import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterOf } from './cluster-of.js';

const set = { kind: 'StatefulSet', name: 'db' };
const slow = { name: 'slow', fault: 'disk latency 10ms on fsync for 10s' };

test('a dry run names its targets where it is refused, waits for nobody, and has no finally', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  start();
  const targets = [{ name: 'db', workload: set, mode: 2 }];
  const last = { steps: [{ name: 'late', wait: { for: '20s' } }] };
  await cluster.experiment('dry', {
    ...{ dryRun: true, targets, safety: { maxPods: '100%' }, finally: last },
    steps: [{ name: 'cut', fault: 'tcp partition for 10s' }],
  });
  assert.match(await verdictOf('dry'), /^Aborted: Refused: .*leaves 1, and 2 are a majority$/);
  const { targets: found, steps } = await cluster.run('dry');
  assert.deepEqual(
    found?.get('db')?.map(({ pod }) => pod),
    ['db-0', 'db-1'],
  );
  assert.deepEqual([...steps.keys()], []);
  const beganMs = cluster.clock.monotonicMs();
  await cluster.experiment('nobody', {
    ...{ dryRun: true, steps: [slow], hypothesis: { settle: '60s' } },
    targets: [{ name: 'db', pods: ['db-9'], emptyTargets: 'wait' }],
  });
  assert.match(await verdictOf('nobody'), /^Inconclusive: NoTargets: .*found none called db-9/);
  assert.ok(cluster.clock.monotonicMs() - beganMs < 10_000, 'it did not wait');
});
