import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callOff, Timers } from '../../../../sidecar/tcp/connection/timers.js';
import { SeededRandom } from '../../../seeded-random.js';

test('Timers run in the order of their times, however they were set', () => {
  const random = new SeededRandom(5);
  const timers = new Timers();
  const ran: number[] = [];
  const due = Array.from({ length: 500 }, () => random.integer(1000));
  for (const ms of due) timers.at(ms, () => ran.push(ms));
  timers.runUntil(1000);
  assert.deepEqual(
    ran,
    due.toSorted((one, other) => one - other),
  );
});

test('Timers run nothing before its time, and nothing twice', () => {
  const timers = new Timers();
  let ran = 0;
  timers.at(10, () => ran++);
  timers.runUntil(9.999);
  assert.equal(ran, 0);
  timers.runUntil(10);
  timers.runUntil(20);
  assert.equal(ran, 1);
});

test('what was called off neither runs nor is waited for', () => {
  const timers = new Timers();
  let ran = 0;
  const first = timers.at(1, () => ran++);
  timers.at(2, () => ran++);
  callOff(first);
  assert.equal(timers.nextMs, 2);
  timers.runUntil(5);
  assert.equal(ran, 1);
  assert.equal(timers.nextMs, Number.POSITIVE_INFINITY);
});

test('what is called off does not pile up until it would have been due', () => {
  const timers = new Timers();
  for (let set = 0; set < 100_000; set++) callOff(timers.at(1_000_000 + set, () => {}));
  assert.ok(timers.size < 2000, `${timers.size} are kept`);
});

test('what runs may set another, which waits for the next round even when it is due', () => {
  const timers = new Timers();
  let ran = 0;
  const again = (): void => {
    ran++;
    timers.at(1, again);
  };
  timers.at(1, again);
  timers.runUntil(5);
  assert.equal(ran, 1);
  timers.runUntil(5);
  assert.equal(ran, 2);
});

test('what runs may call another off that is due at the same time', () => {
  const timers = new Timers();
  let ran = 0;
  const second = { timer: timers.at(3, () => {}) };
  timers.at(1, () => callOff(second.timer));
  second.timer = timers.at(2, () => ran++);
  timers.runUntil(5);
  assert.equal(ran, 0);
});
