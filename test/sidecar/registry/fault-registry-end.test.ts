import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyTimeouts } from '../../../sidecar/proxy/timeouts.js';
import { FaultRegistry } from '../../../sidecar/registry/fault-registry.js';
import { collectingLog } from './collecting-log.js';
import { annotations, listing, openedRegistry } from './opened-registry.js';
import type { RecordingApplier } from './recording-applier.js';
import { temporaryDirectory } from './temporary-directory.js';

const stopped = { kind: 'stopped', code: 'sigterm' };

/** Returns what lets plans be taken again. */
function holdUp(applier: RecordingApplier): () => void {
  let release = () => {};
  applier.holdUp = new Promise((resolve) => {
    release = resolve;
  });
  return release;
}

test('plans reach the applier one after the other, each with a higher version', async (t) => {
  const { registry, applier } = await openedRegistry(t);
  const release = holdUp(applier);
  const armings = [
    registry.arm('a', 'disk freeze'),
    registry.arm('b', 'disk freeze'),
    registry.arm('c', 'disk freeze'),
  ];
  await new Promise(setImmediate);
  assert.equal(applier.plans.length, 1);
  release();
  await Promise.all(armings);
  assert.deepEqual(
    applier.plans.map(({ version, faults }) => [version, faults.length]),
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  );
});

test('listInForce() calls nothing armed, and nothing gone, before the applier has taken it', async (t) => {
  const { registry, applier } = await openedRegistry(t);
  for (const [faults, states] of [
    [annotations({ x: 'disk freeze' }), ['armed']],
    [annotations({}), []],
  ] as const) {
    const release = holdUp(applier);
    const set = registry.setAnnotations(faults);
    let heard: readonly string[] | null = null;
    const list = registry.listInForce().then((listed) => {
      heard = listed.map(({ state }) => state);
    });
    await new Promise(setImmediate);
    assert.equal(heard, null);
    release();
    await Promise.all([set, list]);
    assert.deepEqual(heard, states);
  }
});

test('disarmEverything() waits for no plan on its way, and none comes after it', async (t) => {
  const { registry, applier, happened } = await openedRegistry(t);
  await registry.arm('a', 'disk freeze');
  const release = holdUp(applier);
  const onItsWay = registry.arm('b', 'disk freeze');
  const queued = registry.arm('c', 'disk freeze');
  await new Promise(setImmediate);
  assert.deepEqual(applier.armed, ['a: freeze', 'b: freeze']);
  const stopping = registry.disarmEverything('sigterm');
  assert.deepEqual(applier.armed, []);
  release();
  await stopping;
  assert.deepEqual([await onItsWay, await queued], [stopped, stopped]);
  assert.deepEqual(applier.armed, []);
  assert.deepEqual(happened, ['armed a', 'disarmed a', 'disarmed b', 'disarmed c']);
});

test('disarmEverything() is the end: nothing is armed after it', async (t) => {
  const { registry, applier } = await openedRegistry(t);
  await registry.arm('a', 'disk freeze');
  await registry.disarmEverything('sigterm');
  assert.deepEqual(await registry.arm('d', 'disk freeze'), stopped);
  await registry.setAnnotations(annotations({ e: 'disk freeze' }));
  assert.deepEqual(applier.armed, []);
  assert.deepEqual(
    registry.list().map(({ name, state, reason }) => [name, state, reason]),
    [['a', 'disarmed', 'sigterm']],
  );
});

test('an applier that fails to take a plan has everything disarmed', async (t) => {
  const { registry, applier, codes, events } = await openedRegistry(t);
  await registry.arm('a', 'disk freeze');
  applier.holdUp = Promise.reject(new Error('no'));
  const result = await registry.arm('b', 'disk freeze');
  assert.deepEqual(result, { kind: 'stopped', code: 'faults.apply-failed' });
  assert.deepEqual(applier.armed, []);
  assert.ok(codes().includes('faults.apply-failed') && codes().includes('faults.stopped'));
  assert.deepEqual(events.map(({ kind, reason }) => [kind, reason]).at(-1), [
    'disarmed',
    'faults.apply-failed',
  ]);
});

test('an applier that never answers has everything disarmed in a bounded time', async (t) => {
  const { registry, applier, clock } = await openedRegistry(t);
  applier.holdUp = new Promise(() => {});
  const arming = registry.arm('b', 'disk freeze');
  await new Promise(setImmediate);
  clock.advance(proxyTimeouts.applyMs);
  await new Promise(setImmediate);
  clock.advance(proxyTimeouts.applyMs);
  assert.deepEqual(await arming, { kind: 'stopped', code: 'faults.apply-failed' });
});

test('close() leaves no timer', async (t) => {
  const { registry, clock } = await openedRegistry(t);
  await registry.arm('a', 'disk freeze');
  await registry.close();
  assert.equal(clock.pending, 0);
});

test('an end for everybody does not forget deadlines', async (t) => {
  const first = await openedRegistry(t);
  await first.registry.arm('a', 'disk freeze for 10s');
  await first.registry.disarmEverything('sigterm');
  await first.registry.close();
  const { registry } = await openedRegistry(t, first);
  assert.deepEqual(listing(registry), ['a control armed']);
});

test('FaultRegistry.open() works where nothing can be kept, and says so', async (t) => {
  const stateDirectory = `${await temporaryDirectory(t)}/missing`;
  const { log, codes } = collectingLog();
  const registry = await FaultRegistry.open({ appliers: [], seed: 1, stateDirectory, log });
  await registry.setLocal([{ name: 'x', sentence: 'disk freeze' }]);
  await registry.close();
  assert.equal(registry.list()[0]?.state, 'refused');
  assert.deepEqual(
    codes().filter((code) => code.startsWith('faults.state')),
    [],
  );
});
