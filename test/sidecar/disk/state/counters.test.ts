import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { limits } from '../../../../faults/limits.js';
import { diskVerbs } from '../../../../faults/operation.js';
import { operationBucketsSeconds } from '../../../../sidecar/disk/disk-status.js';
import { Counters } from '../../../../sidecar/disk/state/counters.js';

function newCounters(t: TestContext): Counters {
  const counters = Counters.create();
  t.after(() => closeSync(counters.fd));
  return counters;
}

test('matches are numbered from 1, for each slot by itself', (t) => {
  const counters = newCounters(t);
  assert.deepEqual(
    [counters.matched(0), counters.matched(0), counters.matched(63), counters.matched(0)],
    [1, 2, 1, 3],
  );
});

test('every slot that a plan may use has tallies of its own', (t) => {
  const counters = newCounters(t);
  for (let slot = 0; slot < limits.faults; slot++) for (let i = 0; i <= slot; i++) counters.injected(slot);
  for (let slot = 0; slot < limits.faults; slot++) assert.equal(counters.tallies(slot).injected, slot + 1);
  assert.equal(
    counters.operations().every(({ count }) => count === 0),
    true,
  );
});

test('what matched and was not injected was passed, and never less than none', (t) => {
  const counters = newCounters(t);
  for (let i = 0; i < 3; i++) counters.matched(1);
  counters.injected(1);
  counters.exempted(1);
  assert.deepEqual(counters.tallies(1), { matched: 3, injected: 1, exempted: 1, passed: 2 });
  for (let i = 0; i < 3; i++) counters.injected(1);
  assert.equal(counters.tallies(1).passed, 0);
});

test('growth goes both ways, and beyond 32 bits', (t) => {
  const counters = newCounters(t);
  counters.grow(2, 2 ** 40);
  counters.grow(2, -(2 ** 41));
  assert.equal(counters.growth(2), -(2 ** 40));
  assert.equal(counters.growth(3), 0);
});

test('a slot that is reset forgets everything, growth too', (t) => {
  const counters = newCounters(t);
  counters.matched(2);
  counters.injected(2);
  counters.exempted(2);
  counters.grow(2, 4096);
  counters.matched(3);
  counters.resetTallies(2);
  assert.deepEqual(counters.tallies(2), { matched: 0, injected: 0, exempted: 0, passed: 0 });
  assert.equal(counters.growth(2), 0);
  assert.equal(counters.tallies(3).matched, 1);
});

test('operations of all threads are summed by verb', (t) => {
  const counters = newCounters(t);
  const fsync = diskVerbs.indexOf('fsync');
  counters.count(0, fsync, 0.25, false);
  counters.count(1, fsync, 0.5, true);
  counters.count(31, fsync, 0.25, false);
  counters.count(124, fsync, 1, false);
  counters.count(1, 0, 1, false);
  const shown = counters.operations()[fsync] ?? assert.fail();
  assert.deepEqual([shown.verb, shown.count, shown.errors, shown.totalSeconds], ['fsync', 4, 1, 2]);
});

test('an operation falls into the bucket whose bound it does not pass', (t) => {
  const counters = newCounters(t);
  for (const seconds of [0, ...operationBucketsSeconds, 60]) counters.count(1, 0, seconds, false);
  const { buckets } = counters.operations()[0] ?? assert.fail();
  assert.equal(buckets.length, operationBucketsSeconds.length + 1);
  assert.deepEqual([buckets[0], buckets[1], buckets.at(-1)], [2, 1, 1]);
});

test('whoever has the descriptor sees the same, restarts and crashes too', (t) => {
  const counters = newCounters(t);
  const others = new Counters(counters.fd);
  counters.matched(5);
  counters.announceArmed(7);
  counters.countRestart();
  counters.setCrashed(true);
  assert.deepEqual([others.matched(5), others.armedEpoch, others.restarts, others.crashed], [2, 7, 1, true]);
  others.setCrashed(false);
  assert.equal(counters.crashed, false);
});

test('what some threads have answered is theirs alone, of every verb', (t) => {
  const counters = newCounters(t);
  for (const thread of [0, 1, 4, 4, 5]) counters.count(thread, thread % 2, 0.001, false);
  counters.count(4, diskVerbs.length - 1, 0.001, true);
  assert.deepEqual([counters.answered(1, 4), counters.answered(5, 4), counters.answered(9, 4)], [4, 1, 0]);
});
