import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InTransit } from '../../../../sidecar/disk/wait-queue/in-transit.js';

const kib = 1024;

test('what is on its way is bounded, for all threads together, and what found no room is counted', () => {
  const memory = InTransit.memory(10 * kib);
  const [one, another] = [new InTransit(memory), new InTransit(memory)];
  assert.equal(one.depart(4 * kib), true);
  assert.equal(another.depart(6 * kib), true);
  assert.equal(one.depart(1), false);
  another.arrive(4 * kib);
  assert.equal(one.depart(4 * kib), true);
  assert.deepEqual([one.refused, another.refused], [1, 1]);
});

test('what finds no room takes none', () => {
  const inTransit = new InTransit(InTransit.memory(10 * kib));
  assert.equal(inTransit.depart(11 * kib), false);
  assert.equal(inTransit.depart(10 * kib), true);
});

test('what must go takes its room all the same', () => {
  const inTransit = new InTransit(InTransit.memory(10 * kib));
  inTransit.departAnyhow(12 * kib);
  assert.equal(inTransit.depart(1), false);
  inTransit.arrive(12 * kib);
  assert.equal(inTransit.depart(10 * kib), true);
});
