import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ExperimentObject } from '../../controller/experiment-object.js';
import { type ScheduleObject, scheduleTarget } from '../../controller/schedule-object.js';
import { HavocError } from '../../core/havoc-error.js';
import type { KubeObject } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { scheduleOf } from '../experiment/schedule/times-of.js';
import { namespace, SimulatedCluster } from './simulated-cluster.js';
import { SimulatedScheduler } from './simulated-scheduler.js';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const selection = { resource: resources.experimentSchedules, namespace };
const runsOf = { resource: resources.experiments, namespace };

/** Its clock begins at 2027-01-15T08:00:00Z. */
async function clusterOf(context: TestContext) {
  const cluster = new SimulatedCluster();
  await cluster.namespace();
  for (const pod of ['db-0', 'db-1', 'db-2']) await cluster.pod(pod);
  const { store, clock } = cluster;
  const controllers: { stop(): Promise<void> }[] = [];
  context.after(async () => {
    for (const controller of controllers) await controller.stop();
  });
  const writes = { schedule: 0 };
  store.intercept = (call, target) => {
    const isStatus = 'subresource' in target && target.resource.plural === 'experimentschedules';
    if (call === 'patch' && isStatus) writes.schedule += 1;
  };
  const found = async () =>
    (await store.list<ScheduleObject>(selection)).items[0] ?? assert.fail('there is no schedule');
  return {
    ...{ cluster, store, writes, found },
    start: (parts?: 'schedules alone') => {
      const controller = parts === undefined ? cluster.controller() : new SimulatedScheduler(cluster);
      controllers.push(controller);
      return controller;
    },
    create: (spec: object) => {
      const { metadata, ...object } = scheduleOf(spec);
      return store.create(selection, {
        ...object,
        metadata: { ...metadata, namespace, generation: 1 },
      } as KubeObject);
    },
    /** As a person does. */
    change: async (spec: object) => {
      const object = await found();
      const generation = (object.metadata.generation ?? 0) + 1;
      await store.patch(scheduleTarget(object), { kind: 'merge', body: { metadata: { generation }, spec } });
    },
    runs: async () => (await store.list<ExperimentObject>(runsOf)).items,
    /** The wall clock goes on, and whatever was due is done. */
    pass: async (ms: number) => {
      clock.step(ms);
      const lookedMs = clock.monotonicMs() + 61_000;
      await cluster.until('it was looked at', () => clock.monotonicMs() >= lookedMs);
    },
    end: async (run: ExperimentObject, verdict: string) => {
      await store.patch(
        { ...runsOf, name: run.metadata.name },
        { kind: 'merge', body: { metadata: { finalizers: null }, status: { verdict } } },
      );
    },
    reasons: async () =>
      (
        await store.list<KubeObject & { reason: string }>({ resource: resources.events, namespace })
      ).items.map(({ reason }) => reason),
  };
}

test('at its time a run begins that belongs to the schedule, and its verdict is told', async (context) => {
  const { cluster, start, create, runs, pass, found, reasons } = await clusterOf(context);
  start();
  start('schedules alone');
  await create({ schedule: '0 12 * * *', timeZone: 'Europe/Berlin' });
  await pass(0);
  const before = (await found()).status;
  assert.deepEqual([before?.next, before?.lastScheduleTime], ['2027-01-15T11:00:00Z', undefined]);
  assert.deepEqual(await runs(), []);
  await pass(3 * hourMs);
  const [run, ...others] = await runs();
  assert.deepEqual(others, []);
  const atMs = Date.parse('2027-01-15T11:00:00Z');
  assert.equal(run?.metadata.name, `nightly-${atMs / 60_000}`);
  assert.equal(run.metadata.ownerReferences?.[0]?.uid, (await found()).metadata.uid);
  assert.equal(run.metadata.labels?.['havock8s.io/schedule'], 'nightly');
  assert.equal(run.metadata.annotations?.['havock8s.io/scheduled-at'], '2027-01-15T11:00:00Z');
  await cluster.until('it is over', () => cluster.isOver(run.metadata.name));
  await pass(0);
  const { status } = await found();
  assert.equal(status?.lastVerdict, 'Inconclusive');
  assert.deepEqual([status?.lastRun, status?.next], [run.metadata.name, '2027-01-16T11:00:00Z']);
  assert.deepEqual(status?.active, []);
  assert.ok((await reasons()).includes('RunStarted'));
  assert.deepEqual(cluster.errors, []);
});

test('a run whose start could not be written down is not started again', async (context) => {
  const { cluster, store, start, create, runs, pass, found } = await clusterOf(context);
  await create({ schedule: '@hourly' });
  let failures = 0;
  store.intercept = (call, { resource }) => {
    if (call !== 'patch' || resource.plural !== 'experimentschedules' || failures >= 3) return;
    failures += 1;
    throw new HavocError('kube.status', 'etcd is away');
  };
  start('schedules alone');
  start('schedules alone');
  await pass(hourMs);
  assert.equal((await runs()).length, 1);
  assert.equal((await found()).status?.lastScheduleTime, '2027-01-15T09:00:00Z');
  assert.equal(cluster.errors.length, failures);
});

test('Forbid: while a run goes on for days none is started, and one when it is over', async (context) => {
  const { start, create, runs, pass, end, found } = await clusterOf(context);
  await create({ schedule: '@hourly' });
  start('schedules alone');
  await pass(hourMs);
  const [first] = await runs();
  for (let day = 0; day < 3; day += 1) await pass(dayMs);
  assert.equal((await runs()).length, 1);
  assert.deepEqual((await found()).status?.active, [first?.metadata.name]);
  await end(first ?? assert.fail(), 'Passed');
  await pass(0);
  const names = (await runs()).map(({ metadata }) => metadata.annotations?.['havock8s.io/scheduled-at']);
  assert.deepEqual(names, ['2027-01-15T09:00:00Z', '2027-01-18T09:00:00Z']);
});

test('Replace: the run that goes on is stopped, and the next begins when it is over', async (context) => {
  const { start, create, runs, pass, end } = await clusterOf(context);
  await create({ schedule: '@hourly', concurrencyPolicy: 'Replace' });
  start('schedules alone');
  await pass(hourMs);
  await pass(hourMs);
  const [first, ...others] = await runs();
  assert.deepEqual(others, []);
  assert.equal(first?.spec?.stop?.reason, 'the next run of its schedule is due');
  await end(first, 'Aborted');
  await pass(0);
  assert.equal((await runs()).length, 2);
});

test('Allow: they go on beside each other', async (context) => {
  const { start, create, runs, pass } = await clusterOf(context);
  await create({ schedule: '@hourly', concurrencyPolicy: 'Allow' });
  start('schedules alone');
  await pass(hourMs);
  await pass(hourMs);
  assert.equal((await runs()).length, 2);
});

test('a year of being paused starts one run; other times start none for what would have been', async (context) => {
  const { start, create, runs, pass, change, found } = await clusterOf(context);
  await create({ schedule: '*/5 * * * *', paused: true });
  start('schedules alone');
  await pass(365 * dayMs);
  assert.deepEqual([await runs(), (await found()).status?.next], [[], undefined]);
  await change({ paused: false });
  await pass(0);
  assert.equal((await runs()).length, 1);
  const other = { schedule: '0 7 * * *', concurrencyPolicy: 'Allow' };
  await change(other);
  await pass(0);
  assert.equal((await runs()).length, 1);
  assert.equal((await found()).status?.next, '2028-01-16T07:00:00Z');
});

test('a controller that was away for a year starts one run', async (context) => {
  const { cluster, start, create, runs, pass } = await clusterOf(context);
  await create({ schedule: '@hourly' });
  const first = start('schedules alone');
  await pass(0);
  await first.stop();
  assert.equal(cluster.clock.pending, 0);
  cluster.clock.step(365 * dayMs);
  start('schedules alone');
  await pass(0);
  assert.equal((await runs()).length, 1);
});

test('a controller ends at once also where the cluster does not have the kind', async (context) => {
  const { cluster, store, start } = await clusterOf(context);
  store.intercept = (_, { resource }) => {
    if (resource.plural === 'experimentschedules')
      throw new HavocError('kube.not-found', 'there is no such kind');
  };
  const first = start('schedules alone');
  const { length } = cluster.errors;
  await cluster.until('it was asked for', () => cluster.errors.length > length);
  await first.stop();
  assert.equal(cluster.clock.pending, 0);
});

test('runs that are over are kept up to their limits; one that goes on, or holds something, stays', async (context) => {
  const { store, start, create, runs, pass, end } = await clusterOf(context);
  await create({
    ...{ schedule: '@hourly', concurrencyPolicy: 'Allow' },
    ...{ successfulRunsHistoryLimit: 1, failedRunsHistoryLimit: 0 },
  });
  start('schedules alone');
  for (let hour = 0; hour < 5; hour += 1) await pass(hourMs);
  const [one, two, three, four, five] = await runs();
  for (const run of [one, two]) await end(run ?? assert.fail(), 'Passed');
  await end(three ?? assert.fail(), 'Failed');
  const body = { metadata: { finalizers: ['havock8s.io/faults'] }, status: { verdict: 'Failed' } };
  await store.patch({ ...runsOf, name: four?.metadata.name ?? '' }, { kind: 'merge', body });
  await pass(0);
  const left = (await runs()).map(({ metadata }) => metadata.name);
  assert.deepEqual(
    left,
    [two, four, five].map((run) => run?.metadata.name),
  );
});

test('a bad spec has every problem in its condition, and the status is written once, however long it is so', async (context) => {
  const { start, create, runs, pass, found, writes, change } = await clusterOf(context);
  await create({ schedule: '61 * * * *', timeZone: 'Berlin' });
  start('schedules alone');
  for (let hour = 0; hour < 5; hour += 1) await pass(hourMs);
  const [condition] = (await found()).status?.conditions ?? [];
  assert.deepEqual([condition?.type, condition?.status, condition?.reason], ['Accepted', 'False', 'Invalid']);
  assert.match(condition?.message ?? '', /spec\.schedule: .*61.*; spec\.timeZone: no time zone/);
  assert.deepEqual([await runs(), writes.schedule], [[], 1]);
  await change({ schedule: '0 23 * * *', timeZone: 'UTC' });
  for (let hour = 0; hour < 5; hour += 1) await pass(hourMs);
  assert.equal((await found()).status?.conditions?.[0]?.status, 'True');
  assert.equal(writes.schedule, 2);
});

test('what the API server refuses, and a name that another has, is told, and tried again at the next time alone', async (context) => {
  const { store, start, create, runs, pass, found, reasons } = await clusterOf(context);
  const taken = { apiVersion: 'havock8s.io/v1alpha1', kind: 'Experiment' };
  const atMs = Date.parse('2027-01-15T09:00:00Z');
  await store.create(runsOf, { ...taken, metadata: { name: `nightly-${atMs / 60_000}`, namespace } });
  await create({ schedule: '@hourly' });
  start('schedules alone');
  await pass(hourMs);
  const [, condition] = (await found()).status?.conditions ?? [];
  assert.deepEqual([condition?.type, condition?.reason], ['Started', 'NameTaken']);
  let tries = 0;
  store.intercept = (call, { resource }) => {
    if (call !== 'create' || resource.plural !== 'experiments') return;
    tries += 1;
    throw new HavocError('kube.forbidden', 'havock8s is stopped in this cluster');
  };
  await pass(hourMs);
  await pass(0);
  assert.equal(tries, 1);
  assert.equal((await found()).status?.conditions?.[1]?.reason, 'Refused');
  store.intercept = () => {};
  await pass(hourMs);
  assert.equal((await runs()).length, 2);
  for (const reason of ['NameTaken', 'Refused', 'RunStarted'])
    assert.ok((await reasons()).includes(reason), reason);
});
