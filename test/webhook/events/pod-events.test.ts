import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HavocError } from '../../../core/havoc-error.js';
import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { WatchCache } from '../../../kube/watch-cache.js';
import type { Labels } from '../../../webhook/context/namespaces.js';
import { eventLimits } from '../../../webhook/events/limits.js';
import { PodEvents } from '../../../webhook/events/pod-events.js';
import { ManualClock } from '../../core/manual-clock.js';
import { ObjectStore } from '../../kube/object-store.js';
import { until } from '../../sidecar/mounted/until.js';
import { admitOptions, aPod } from '../a-pod.js';

const databases = 'databases';
const pods = { resource: resources.pods, namespace: databases };
const events = { resource: resources.events, namespace: databases };

/** Created while the webhook was away. */
const missed = (name: string): KubeObject => {
  const { metadata, ...pod } = aPod() as { metadata: object };
  return { ...pod, metadata: { ...metadata, name, namespace: databases, uid: `uid of ${name}` } };
};

async function leading(t: TestContext, store: ObjectStore) {
  await store.create(
    { resource: resources.namespaces, namespace: null },
    { metadata: { name: databases, labels: { [injectionLabel]: injectionEnabled } } },
  );
  const errors: unknown[] = [];
  const parts = { api: store, clock: new ManualClock(), random: () => 1 };
  const namespaces = new WatchCache<Labels>({
    ...parts,
    selection: { resource: resources.namespaces, namespace: null },
    keep: ({ metadata }) => metadata.labels ?? {},
  });
  await namespaces.ready;
  const told = new PodEvents({
    ...parts,
    namespaces,
    config: admitOptions({}).config,
    minor: () => 34,
    onError: (error) => errors.push(error),
  });
  told.lead(true);
  t.after(async () => {
    await told.stop();
    await namespaces.stop();
  });
  return { told, errors };
}

const toldOf = async (store: ObjectStore): Promise<readonly string[]> =>
  (await store.list(events)).items.map(
    (event) => (event as unknown as { involvedObject: { name: string } }).involvedObject.name,
  );

test('after an outage every pod that went without is told, however many there are', async (t) => {
  const store = new ObjectStore();
  const names = Array.from({ length: 5 * eventLimits.writing }, (_, index) => `pg-${index}`);
  for (const name of names) await store.create(pods, missed(name));
  let [writing, most] = [0, 0];
  store.intercept = async (call, of) => {
    if (call !== 'create' || of.resource !== resources.events) return;
    most = Math.max(most, ++writing);
    await new Promise((next) => setImmediate(next));
    writing--;
  };
  await leading(t, store);
  await until(async () => (await toldOf(store)).length === names.length);
  assert.deepEqual((await toldOf(store)).toSorted(), names.toSorted());
  assert.ok(most <= eventLimits.writing, `${most} at once`);
});

test('what could not be written is told at the next change of the pod', async (t) => {
  const store = new ObjectStore();
  await store.create(pods, missed('pg-0'));
  store.intercept = (call, of) => {
    if (call === 'create' && of.resource === resources.events)
      throw new HavocError('kube.unreachable', 'nobody answers');
  };
  const { errors } = await leading(t, store);
  await until(() => errors.length === 1);
  store.intercept = () => {};
  await store.replace({ ...pods, name: 'pg-0' }, missed('pg-0'));
  await until(async () => (await toldOf(store)).length === 1);
});

test('who leads no longer tells nothing more of what waited', async (t) => {
  const store = new ObjectStore();
  for (let index = 0; index < 3 * eventLimits.writing; index++)
    await store.create(pods, missed(`pg-${index}`));
  let goOn = (): void => {};
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  let begun = 0;
  store.intercept = async (call, of) => {
    if (call !== 'create' || of.resource !== resources.events) return;
    begun++;
    await held;
  };
  const { told } = await leading(t, store);
  await until(() => begun === eventLimits.writing);
  told.lead(false);
  goOn();
  await until(async () => (await toldOf(store)).length === eventLimits.writing);
  assert.equal(begun, eventLimits.writing);
});
