import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FaultRegistry } from '../../../sidecar/registry/fault-registry.js';
import { registryLimits } from '../../../sidecar/registry/registry-limits.js';
import { collectingLog } from './collecting-log.js';
import { annotations, listing, openedBook } from './opened-registry.js';
import type { RecordingApplier } from './recording-applier.js';
import { temporaryDirectory } from './temporary-directory.js';

const stopped = { kind: 'stopped', code: 'sigterm' };

/** Returns what lets plans be taken again. */
function holdUp(plane: RecordingApplier): () => void {
  let release = () => {};
  plane.holdUp = new Promise((resolve) => {
    release = resolve;
  });
  return release;
}

test('plans reach the plane one after the other, each with a higher version', async (t) => {
  const { book, plane } = await openedBook(t);
  const release = holdUp(plane);
  const armings = [book.arm('a', 'disk freeze'), book.arm('b', 'disk freeze'), book.arm('c', 'disk freeze')];
  await new Promise(setImmediate);
  assert.equal(plane.plans.length, 1);
  release();
  await Promise.all(armings);
  assert.deepEqual(
    plane.plans.map(({ version, faults }) => [version, faults.length]),
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  );
});

test('listInForce() calls nothing armed, and nothing gone, before the plane has taken it', async (t) => {
  const { book, plane } = await openedBook(t);
  for (const [faults, states] of [
    [annotations({ x: 'disk freeze' }), ['armed']],
    [annotations({}), []],
  ] as const) {
    const release = holdUp(plane);
    const set = book.setAnnotations(faults);
    let heard: readonly string[] | null = null;
    const list = book.listInForce().then((listed) => {
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
  const { book, plane, happened } = await openedBook(t);
  await book.arm('a', 'disk freeze');
  const release = holdUp(plane);
  const onItsWay = book.arm('b', 'disk freeze');
  const queued = book.arm('c', 'disk freeze');
  await new Promise(setImmediate);
  assert.deepEqual(plane.armed, ['a: freeze', 'b: freeze']);
  const stopping = book.disarmEverything('sigterm');
  assert.deepEqual(plane.armed, []);
  release();
  await stopping;
  assert.deepEqual([await onItsWay, await queued], [stopped, stopped]);
  assert.deepEqual(plane.armed, []);
  assert.deepEqual(happened, ['armed a', 'disarmed a', 'disarmed b', 'disarmed c']);
});

test('disarmEverything() is the end: nothing is armed after it', async (t) => {
  const { book, plane } = await openedBook(t);
  await book.arm('a', 'disk freeze');
  await book.disarmEverything('sigterm');
  assert.deepEqual(await book.arm('d', 'disk freeze'), stopped);
  await book.setAnnotations(annotations({ e: 'disk freeze' }));
  assert.deepEqual(plane.armed, []);
  assert.deepEqual(
    book.list().map(({ name, state, reason }) => [name, state, reason]),
    [['a', 'disarmed', 'sigterm']],
  );
});

test('a plane that fails to take a plan has everything disarmed', async (t) => {
  const { book, plane, codes, events } = await openedBook(t);
  await book.arm('a', 'disk freeze');
  plane.holdUp = Promise.reject(new Error('no'));
  const result = await book.arm('b', 'disk freeze');
  assert.deepEqual(result, { kind: 'stopped', code: 'plan.apply-failed' });
  assert.deepEqual(plane.armed, []);
  assert.ok(codes().includes('plan.apply-failed') && codes().includes('plan.stopped'));
  assert.deepEqual(events.map(({ kind, reason }) => [kind, reason]).at(-1), [
    'disarmed',
    'plan.apply-failed',
  ]);
});

test('a plane that never answers has everything disarmed in a bounded time', async (t) => {
  const { book, plane, clock } = await openedBook(t);
  plane.holdUp = new Promise(() => {});
  const arming = book.arm('b', 'disk freeze');
  await new Promise(setImmediate);
  clock.advance(registryLimits.applyMs);
  await new Promise(setImmediate);
  clock.advance(registryLimits.applyMs);
  assert.deepEqual(await arming, { kind: 'stopped', code: 'plan.apply-failed' });
});

test('close() leaves no timer', async (t) => {
  const { book, clock } = await openedBook(t);
  await book.arm('a', 'disk freeze');
  await book.close();
  assert.equal(clock.pending, 0);
});

test('an end for everybody does not forget deadlines', async (t) => {
  const first = await openedBook(t);
  await first.book.arm('a', 'disk freeze for 10s');
  await first.book.disarmEverything('sigterm');
  await first.book.close();
  const { book } = await openedBook(t, first);
  assert.deepEqual(listing(book), ['a control armed']);
});

test('FaultRegistry.open() works where nothing can be kept, and says so', async (t) => {
  const stateDirectory = `${await temporaryDirectory(t)}/missing`;
  const { log, codes } = collectingLog();
  const book = await FaultRegistry.open({ appliers: [], seed: 1, stateDirectory, log });
  await book.setLocal([{ name: 'x', sentence: 'disk freeze' }]);
  await book.close();
  assert.equal(book.list()[0]?.state, 'refused');
  assert.deepEqual(
    codes().filter((code) => code.startsWith('plan.state')),
    [],
  );
});
