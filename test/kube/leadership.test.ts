import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { HavocError } from '../../core/havoc-error.js';
import { Leadership } from '../../kube/leadership.js';
import type { Lease } from '../../kube/lease.js';
import { leaseLimits } from '../../kube/limits.js';
import { resources } from '../../kube/resources.js';
import { ManualClock } from '../core/manual-clock.js';
import { until } from '../sidecar/mounted/until.js';
import { ObjectStore } from './object-store.js';

const place = { resource: resources.leases, namespace: 'system', name: 'webhook' };
const followerRetryMs = leaseLimits.retryMs * (1 + leaseLimits.jitter);
const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'webhook', uid: 'u' };

interface Candidate {
  readonly leadership: Leadership;
  readonly turns: readonly boolean[];
  readonly errors: readonly string[];
}

function candidate(t: TestContext, store: ObjectStore, clock: ManualClock, identity: string): Candidate {
  const turns: boolean[] = [];
  const errors: string[] = [];
  const leadership = new Leadership({
    api: store,
    namespace: place.namespace,
    name: place.name,
    identity,
    owner,
    clock,
    random: () => 1,
    onChange: (leads) => turns.push(leads),
    onError: ({ code }) => errors.push(code),
  });
  t.after(() => leadership.stop());
  return { leadership, turns, errors };
}

const leaseOf = (store: ObjectStore): Promise<Lease | null> => store.get<Lease>(place);

/** Lets everything happen that is due within `ms`, retry by retry. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    clock.advance(500);
    for (let turn = 0; turn < 10; turn++) await new Promise((next) => setImmediate(next));
  }
}

test('the first one leads, writes a lease of 15 s that belongs to its owner, and renews it', async (t) => {
  const [store, clock] = [new ObjectStore(), new ManualClock(Date.UTC(2030, 0, 1))];
  const { leadership, turns } = candidate(t, store, clock, 'a');
  await until(() => leadership.leads);
  const lease = await leaseOf(store);
  assert.deepEqual(lease?.metadata.ownerReferences, [owner]);
  assert.deepEqual(lease?.spec, {
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: '2030-01-01T00:00:00.000000Z',
    renewTime: '2030-01-01T00:00:00.000000Z',
    leaseTransitions: 0,
  });
  await pass(clock, 60_000);
  const renewed = await leaseOf(store);
  assert.equal(renewed?.spec?.acquireTime, lease?.spec?.acquireTime);
  assert.ok((renewed?.spec?.renewTime ?? '') >= '2030-01-01T00:00:58');
  assert.deepEqual(turns, [true]);
});

test('of three who start at once one leads', async (t) => {
  const [store, clock] = [new ObjectStore(), new ManualClock()];
  const all = ['a', 'b', 'c'].map((identity) => candidate(t, store, clock, identity));
  await pass(clock, 30_000);
  assert.equal(all.filter(({ leadership }) => leadership.leads).length, 1);
  assert.deepEqual(all.map(({ turns }) => turns.length).sort(), [0, 0, 1]);
});

test('who stops hands over, and the next one leads at its next try', async (t) => {
  const [store, clock] = [new ObjectStore(), new ManualClock()];
  const first = candidate(t, store, clock, 'a');
  await until(() => first.leadership.leads);
  const second = candidate(t, store, clock, 'b');
  await pass(clock, 5000);
  await first.leadership.stop();
  assert.deepEqual(first.turns, [true, false]);
  assert.equal((await leaseOf(store))?.spec?.holderIdentity, '');
  await pass(clock, followerRetryMs);
  assert.ok(second.leadership.leads);
  assert.equal((await leaseOf(store))?.spec?.leaseTransitions, 1);
});

test('who cannot renew steps down after 10 s, before anybody else can lead', async (t) => {
  const [store, clock] = [new ObjectStore(), new ManualClock()];
  const first = candidate(t, store, clock, 'a');
  await until(() => first.leadership.leads);
  const second = candidate(t, store, clock, 'b');
  await pass(clock, followerRetryMs);
  const { replace } = store;
  store.replace = (target, object) => {
    const { holderIdentity } = (object as Lease).spec ?? {};
    if (holderIdentity === 'a') throw new HavocError('kube.unreachable', 'a is cut off');
    return replace.call(store, target, object) as never;
  };
  let between = 0;
  for (let passed = 0; passed < 40_000 && !second.leadership.leads; passed += 500) {
    await pass(clock, 500);
    assert.ok(!(first.leadership.leads && second.leadership.leads), 'never both');
    if (!first.leadership.leads) between += 500;
  }
  assert.ok(second.leadership.leads);
  assert.ok(between >= leaseLimits.durationMs - leaseLimits.renewDeadlineMs, `nobody led for ${between} ms`);
  assert.ok(first.errors.includes('kube.unreachable'));
});

test('who hangs in a call steps down all the same', async (t) => {
  const [store, clock] = [new ObjectStore(), new ManualClock()];
  const { leadership, turns } = candidate(t, store, clock, 'a');
  await until(() => leadership.leads);
  let answer: () => void = () => {};
  store.intercept = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  await pass(clock, leaseLimits.renewDeadlineMs);
  assert.deepEqual(turns, [true, false]);
  store.intercept = () => {};
  answer();
});

test('a process that was frozen does not believe what ran out meanwhile', async (t) => {
  const store = new ObjectStore();
  const frozen = new (class extends ManualClock {
    asleepMs = 0;
    override monotonicMs(): number {
      return super.monotonicMs() + this.asleepMs;
    }
  })();
  const { leadership } = candidate(t, store, frozen, 'a');
  await until(() => leadership.leads);
  frozen.asleepMs = leaseLimits.renewDeadlineMs;
  assert.equal(leadership.leads, false);
});

test('the times of a holder whose clock is a year behind are not believed: it leads as long as it renews', async (t) => {
  const store = new ObjectStore();
  const [behind, right] = [new ManualClock(Date.UTC(2029, 0, 1)), new ManualClock(Date.UTC(2030, 0, 1))];
  const first = candidate(t, store, behind, 'a');
  await until(() => first.leadership.leads);
  const second = candidate(t, store, right, 'b');
  for (let passed = 0; passed < 60_000; passed += 500) {
    await pass(behind, 500);
    await pass(right, 500);
  }
  assert.ok(first.leadership.leads);
  assert.deepEqual(second.turns, []);
});

test('a lease of somebody who died is taken 15 s after it was first seen, not sooner', async (t) => {
  const [store, clock] = [new ObjectStore(), new ManualClock()];
  await store.create<Lease>(place, {
    metadata: { name: place.name, namespace: place.namespace, labels: { kept: 'yes' } },
    spec: { holderIdentity: 'gone', leaseDurationSeconds: 15, renewTime: '2001-01-01T00:00:00.000000Z' },
  });
  const { leadership } = candidate(t, store, clock, 'a');
  await pass(clock, 14_500);
  assert.equal(leadership.leads, false);
  await pass(clock, 500 + followerRetryMs);
  assert.ok(leadership.leads);
  const lease = await leaseOf(store);
  assert.deepEqual(lease?.metadata.labels, { kept: 'yes' });
  assert.equal(lease?.spec?.leaseTransitions, 1);
});

test('a lease that somebody deletes is made again by whoever leads', async (t) => {
  const [store, clock] = [new ObjectStore(), new ManualClock()];
  const { leadership, turns } = candidate(t, store, clock, 'a');
  await until(() => leadership.leads);
  await store.remove(place);
  await pass(clock, 3000);
  assert.equal((await leaseOf(store))?.spec?.holderIdentity, 'a');
  assert.deepEqual(turns, [true]);
});

test('after stop() no timer is left', async (t) => {
  const [store, clock] = [new ObjectStore(), new ManualClock()];
  const { leadership } = candidate(t, store, clock, 'a');
  await until(() => leadership.leads);
  await leadership.stop();
  await leadership.stop();
  assert.equal(clock.nextInMs(), Number.POSITIVE_INFINITY);
});
