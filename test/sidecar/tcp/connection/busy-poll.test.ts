import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BusyPoll } from '../../../../sidecar/tcp/connection/busy-poll.js';
import { TimerSlack } from '../../../../sidecar/tcp/connection/timer-slack.js';

/** Looks in a row, the last of which found something or not. */
function wait(spin: BusyPoll, foundAt: number): number {
  const { looks } = spin;
  if (foundAt <= looks) spin.paid(foundAt);
  else if (looks > 0) spin.inVain();
  return looks;
}

test('where nothing comes soon, hardly anything is looked for', () => {
  const spin = new BusyPoll();
  let looks = 0;
  for (let waits = 0; waits < 6400; waits++) looks += wait(spin, Number.POSITIVE_INFINITY);
  assert.ok(looks / 6400 < 4, `${looks / 6400} looks a wait`);
});

test('where something comes after some looks, it is soon looked for so long', () => {
  const spin = new BusyPoll();
  for (let waits = 0; waits < 200; waits++) wait(spin, 30);
  assert.ok(wait(spin, 30) >= 30);
});

test('once nothing comes any more, the looks become few again', () => {
  const spin = new BusyPoll();
  for (let waits = 0; waits < 200; waits++) wait(spin, 30);
  for (let waits = 0; waits < 10; waits++) wait(spin, Number.POSITIVE_INFINITY);
  assert.equal(wait(spin, Number.POSITIVE_INFINITY), 0);
});

test('what is overslept again and again is not slept, and never too much of it', () => {
  const oversleep = new TimerSlack();
  assert.equal(oversleep.allowanceMs, 0);
  for (let waits = 0; waits < 100; waits++) oversleep.note(20, 20.3);
  assert.ok(oversleep.allowanceMs > 0.2 && oversleep.allowanceMs < 0.3, `${oversleep.allowanceMs}`);
  for (let waits = 0; waits < 100; waits++) oversleep.note(20, 900);
  assert.ok(oversleep.allowanceMs < 1);
  for (let waits = 0; waits < 100; waits++) oversleep.note(20, 20);
  assert.ok(oversleep.allowanceMs < 0.01);
});
