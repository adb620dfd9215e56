/** A watch that tells late, or no more: what is known is of before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HavocError } from '../../core/havoc-error.js';
import { resources } from '../../kube/resources.js';
import { SeededRandom } from '../seeded-random.js';
import { clusterOf } from './cluster-of.js';
import { unreliableApi } from './unreliable-api.js';

const sound = { refuses: 0, loses: 0, doubles: 0, conflicts: 0, expires: 0, silences: 0, lagMs: 0 };

test('a run that is over is left alone, however long its watch does not tell that it is', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  const { store, clock } = cluster;
  cluster.api = {
    ...unreliableApi(store, {
      ...{ trouble: sound, random: new SeededRandom(1), clock },
      ...{ isDead: () => false, onWrite: () => {} },
    }),
    watch: (selection, watching) =>
      store.watch(selection, {
        ...watching,
        onEvent: (event) => void clock.after(60_000, () => watching.onEvent(event)),
      }),
  };
  let asked = 0;
  store.intercept = (call, { resource }) => {
    if (call !== 'get' || resource !== resources.experiments) return;
    asked += 1;
    if (asked > 1000) throw new HavocError('kube.busy', 'asked again and again');
  };
  const steps = [{ name: 'slow', fault: 'disk latency 10ms on fsync for 10s' }];
  await cluster.experiment('slow-disk', { targets: [{ name: 'db', pods: ['db-0'] }], steps });
  start();
  await verdictOf('slow-disk');
  const before = asked;
  const untilMs = clock.monotonicMs() + 30_000;
  await cluster.until('half a minute has passed', () => clock.monotonicMs() > untilMs);
  assert.ok(asked - before < 100, `asked ${asked - before} times`);
});

test('a fault is asked for with a pause while its sidecar does not know of it yet, and so is its end', async (context) => {
  const { cluster, start, verdictOf } = await clusterOf(context);
  const { store, clock, readSidecar } = cluster;
  let isLate = true;
  let looks = 0;
  cluster.readSidecar = async (pod) => {
    looks += 1;
    if (looks > 5000) throw new Error('asked again and again');
    const says = await readSidecar(pod);
    return isLate ? { ...says, faults: [] } : says;
  };
  let writes = 0;
  store.intercept = (call, { resource }) => {
    if (call === 'patch' && resource === resources.pods) writes += 1;
  };
  const steps = [{ name: 'slow', fault: 'disk latency 10ms on fsync for 20s' }];
  await cluster.experiment('slow-disk', { targets: [{ name: 'db', pods: ['db-0'] }], steps });
  start();
  const untilMs = clock.monotonicMs() + 10_000;
  await cluster.until('the kubelet has been slow', () => clock.monotonicMs() > untilMs);
  assert.deepEqual([looks > 10 && looks < 200, writes], [true, 1]);
  isLate = false;
  await verdictOf('slow-disk');
  assert.ok(writes < 10, `${writes} writes to the pod`);
});
