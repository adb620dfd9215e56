/**
 * The ledger of a run that a pod keeps, as a controller has it: the process of the pod and its Redis are real, the API server
 * is objects in memory, and the test is the kubelet that hands annotations on.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../../core/clock.js';
import { planOf } from '../../../../experiment/engine/plan.js';
import type { Experiment } from '../../../../experiment/file/experiment.js';
import { readExperiment } from '../../../../experiment/file/read-experiment.js';
import type { JournalEvent } from '../../../../experiment/journal/events.js';
import { readLedgerOrder } from '../../../../experiment/ledger/pod/ledger-order.js';
import { LedgerPod, type LedgerPodOptions } from '../../../../experiment/worlds/kubernetes/ledger-pod.js';
import { podView } from '../../../../experiment/worlds/kubernetes/pod-view.js';
import type { Patch } from '../../../../kube/kube-api.js';
import type { KubeObject, Target } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { ManualClock } from '../../../core/manual-clock.js';
import { ObjectStore } from '../../../kube/object-store.js';
import { needs } from '../../../needs.js';
import { until } from '../../../sidecar/mounted/until.js';
import { LedgerPlace, type ServedLedger } from '../../ledger/pod/ledger-place.js';

const namespace = 'shop';
const target = { resource: resources.pods, namespace, name: 'havock8s-ledger-0' };
const key = 'havock8s.io/ledger-run';
const experiment = experimentOf(`
apiVersion: havock8s.io/v1alpha1
kind: Experiment
metadata: { name: kept }
spec:
  targets: [{ name: db, workload: { kind: StatefulSet, name: db } }]
  ledger: { statefulSet: { name: havock8s-ledger }, writers: 2 }
  steps: [{ name: calm, wait: { for: 1s } }]
`);

function experimentOf(text: string): Experiment {
  const reading = readExperiment(text);
  if (reading.kind === 'problems') throw new Error(JSON.stringify(reading.problems));
  return reading.experiment;
}

/** The kubelet hands on what the API server has. */
class HandedOn extends ObjectStore {
  constructor(readonly handOn: (pod: KubeObject) => void) {
    super();
  }

  override async patch<T extends KubeObject>(target: Target, patch: Patch): Promise<T> {
    const pod = await super.patch<T>(target, patch);
    this.handOn(pod);
    return pod;
  }
}

describe('the ledger that a pod keeps', { skip: needs('redis') }, () => {
  let place: LedgerPlace;
  let store: ObjectStore;
  let pod: KubeObject;
  let served: ServedLedger;
  const uid = randomUUID();
  beforeEach(async () => {
    place = await LedgerPlace.create();
    store = new HandedOn(({ metadata }) => place.annotate(metadata.annotations ?? {}));
    pod = await makePod({ 'havock8s.io/ledger': 'true' });
  });
  afterEach(() => place.close());

  const makePod = (labels: Readonly<Record<string, string>>): Promise<KubeObject> =>
    store.create({ resource: resources.pods, namespace }, {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: target.name, namespace, labels } },
      status: { podIP: '127.0.0.1' },
    } as KubeObject);

  async function podNow(): Promise<KubeObject> {
    const found = await store.get<KubeObject>(target);
    if (found === null) throw new Error('the pod is gone');
    return found;
  }

  const orderNow = async () => readLedgerOrder((await podNow()).metadata.annotations?.[key] ?? '');

  async function serve(t: TestContext): Promise<void> {
    served = await place.serve(t, pod.metadata.uid ?? '');
  }

  function ledgerOf(t: TestContext, options: Partial<LedgerPodOptions> = {}): LedgerPod {
    const { ledger } = experiment.spec;
    if (ledger?.kind !== 'statefulSet') throw new Error('it is one of a cluster');
    const made = new LedgerPod({
      ...{ spec: ledger, plan: planOf(experiment), namespace, uid, past: [], api: store, clock: systemClock },
      ...{ cluster: { pod: () => podView(pod) }, port: served?.port ?? 1 },
      ...options,
    });
    t.after(() => made.close(false));
    return made;
  }

  /** Given up at its bound, by a clock that is faster than ours. */
  async function whyUnread(t: TestContext, options: Partial<LedgerPodOptions>): Promise<string> {
    const clock = new ManualClock();
    let why: string | null = null;
    const reading = ledgerOf(t, { ...options, clock })
      .readBack()
      .catch((error: unknown) => {
        why = String(error);
      });
    await until(() => {
      clock.advance(500);
      return why !== null;
    });
    await reading;
    return why ?? '';
  }

  const acknowledged = (ledger: LedgerPod): number => ledger.now()?.acknowledged ?? 0;

  test('writes from its beginning on, tells what it was answered, and is read back', async (t) => {
    await serve(t);
    const ledger = ledgerOf(t);
    assert.deepEqual([ledger.now(), ledger.traffic()], [null, null]);
    await ledger.begin();
    await until(() => acknowledged(ledger) >= 50);
    const now = acknowledged(ledger);
    const traffic = ledger.traffic();
    assert.ok((traffic?.acknowledged ?? 0) >= now && traffic?.p99Ms !== null, JSON.stringify(traffic));
    assert.equal(ledger.traffic(), null, 'nothing is told twice');
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    await ledger.close(true);
    assert.equal(await orderNow(), null);
  });

  test('is there for who carries the run on after one that died, with every write', async (t) => {
    await serve(t);
    const dead = ledgerOf(t);
    await dead.begin();
    await until(() => acknowledged(dead) >= 20);
    const told = dead.traffic();
    assert.ok(told !== null);
    await dead.close(false);
    assert.equal((await orderNow())?.want, 'write', 'nobody took it away');
    const past: JournalEvent[] = [
      { atMs: 0, type: 'ledger-began' },
      { atMs: 1, type: 'traffic', ...told },
    ];
    const next = ledgerOf(t, { past });
    await until(() => acknowledged(next) >= told.acknowledged + 20);
    const now = acknowledged(next);
    assert.equal((next.traffic()?.acknowledged ?? 0) + told.acknowledged, now);
    const result = await next.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.ok(result.acknowledged >= now);
    assert.deepEqual(await ledgerOf(t, { past }).readBack(), result, 'also once more');
  });

  test('says Lost where the database lost what it acknowledged', async (t) => {
    await serve(t);
    const ledger = ledgerOf(t);
    await ledger.begin();
    await until(() => acknowledged(ledger) >= 20);
    await place.redis.command('flushall');
    const { data, lost } = await ledger.readBack();
    assert.equal(data, 'Lost');
    assert.ok(lost > 0);
  });

  test('that is away knows nothing, and is read back when it is there again', async (t) => {
    await serve(t);
    const ledger = ledgerOf(t);
    await ledger.begin();
    await until(() => acknowledged(ledger) >= 20);
    served.running.child.kill('SIGKILL');
    await until(() => ledger.now() === null);
    assert.equal(ledger.traffic(), null);
    await serve(t);
    const next = ledgerOf(t, { past: [{ atMs: 0, type: 'ledger-began' }] });
    const { data, message, acknowledged: count } = await next.readBack();
    assert.equal(data, 'Intact', message);
    assert.ok(count >= 20);
    assert.equal(next.now(), null, 'and does not write again');
  });

  test('that never answers is given up, and says why; never is it a result', async (t) => {
    assert.match(
      await whyUnread(t, { port: 1 }),
      /the ledger in pod havock8s-ledger-0 has not read back in time: /,
    );
  });

  test('is of one run at a time: another waits until the time of the first is over', async (t) => {
    await serve(t);
    const other = randomUUID();
    const untilMs = Date.now() + 600_000;
    const order = { run: other, want: 'write', until: new Date(untilMs).toISOString() };
    const value = JSON.stringify({ ...order, writers: 1, readers: 0, operationTimeoutMs: 1000 });
    await store.patch(target, { kind: 'merge', body: { metadata: { annotations: { [key]: value } } } });
    await assert.rejects(ledgerOf(t).begin(), new RegExp(`keeps the ledger of the run ${other}`));
    await assert.rejects(ledgerOf(t).readBack(), /keeps the ledger of the run/);
    await ledgerOf(t).close(true);
    assert.equal((await orderNow())?.run, other, 'it is not taken away from who has it');
    const over = JSON.stringify({ ...JSON.parse(value), until: new Date(Date.now() - 1).toISOString() });
    await store.patch(target, { kind: 'merge', body: { metadata: { annotations: { [key]: over } } } });
    await ledgerOf(t).begin();
    assert.equal((await orderNow())?.run, uid);
  });

  test('is no pod of another sort, nor the answer of another pod at its address', async (t) => {
    await serve(t);
    const stranger = podView({ ...pod, metadata: { ...pod.metadata, uid: randomUUID() } });
    assert.match(
      await whyUnread(t, { cluster: { pod: () => stranger } }),
      /the ledger of another pod answers/,
    );
    await store.remove(target);
    await makePod({ app: 'db' });
    await assert.rejects(ledgerOf(t).begin(), /keeps no ledgers; expected the label havock8s.io\/ledger/);
    assert.equal(await orderNow(), null, 'no annotation is set on it');
  });
});
