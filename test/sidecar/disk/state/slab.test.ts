import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Slab } from '../../../../sidecar/disk/state/slab.js';
import { allocate } from '../../../../sidecar/linux/memory.js';

const slotBytes = 64;

function newSlab(capacity: number): Slab {
  const { address } = allocate(2 * 65_536 * slotBytes);
  return new Slab({ address, slotBytes, capacity, header: new Int32Array(2) });
}

const take = (slab: Slab, times: number): readonly number[] =>
  Array.from({ length: times }, () => slab.take());
const word = (slab: Slab, slot: number): number => slab.words(slot)[slab.at(slot)] ?? 0;
const put = (slab: Slab, slot: number, value: number): void => {
  slab.words(slot)[slab.at(slot)] = value;
};

test('slots are given out from 1, each once', () => {
  const slab = newSlab(100);
  assert.deepEqual(take(slab, 4), [1, 2, 3, 4]);
  assert.equal(slab.highest, 4);
});

test('what was given back is given out first, the last of it first, and empty', () => {
  const slab = newSlab(100);
  for (const slot of take(slab, 4)) put(slab, slot, slot * 11);
  slab.give(2);
  slab.give(4);
  assert.deepEqual(take(slab, 3), [4, 2, 5]);
  assert.deepEqual(
    [1, 2, 3, 4].map((slot) => word(slab, slot)),
    [11, 0, 33, 0],
  );
});

test('a slab that is full gives 0, until something is given back', () => {
  const slab = newSlab(3);
  assert.deepEqual(take(slab, 4), [1, 2, 0, 0]);
  slab.give(1);
  assert.deepEqual(take(slab, 2), [1, 0]);
});

test('a slab knows what it gave out once', () => {
  const slab = newSlab(100);
  take(slab, 2);
  slab.give(1);
  assert.deepEqual(
    [-1, 0, 1, 2, 3, 2 ** 32 + 1, Number.NaN].map((slot) => slab.knows(slot)),
    [false, false, true, true, false, false, false],
  );
});

test('slots of different chunks are different memory', () => {
  const slab = newSlab(2 * 65_536);
  take(slab, 65_537);
  for (const slot of [1, 65_535, 65_536, 65_537]) put(slab, slot, slot);
  assert.deepEqual(
    [1, 65_535, 65_536, 65_537].map((slot) => word(slab, slot)),
    [1, 65_535, 65_536, 65_537],
  );
  assert.notEqual(slab.memory(65_535), slab.memory(65_536));
  assert.equal(slab.address(65_536), slab.memory(65_536).address);
});
