import assert from 'node:assert/strict';
import { closeSync, fstatSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { Slab, slabHeaderWords, slabIndexBytes } from '../../../../sidecar/disk/state/slab.js';
import { libc } from '../../../../sidecar/linux/libc.js';
import { allocate, cString, mapFileAt } from '../../../../sidecar/linux/memory.js';

const slotBytes = 64;
const slotsOfPage = 4096 / slotBytes;

function newSlab(capacity: number): Slab {
  return new Slab({
    indexAddress: allocate(slabIndexBytes(capacity)).address,
    address: allocate(capacity * slotBytes).address,
    slotBytes,
    capacity,
    header: new Int32Array(slabHeaderWords),
  });
}

/** In a file of memory, as the tables are; `pages` are those that it takes, of the slots alone. */
function slabInFile(
  t: TestContext,
  capacity: number,
): { readonly slab: Slab; readonly pages: () => number; readonly again: () => Slab } {
  const fd = libc.memfdCreate(cString('slab-test'), 0);
  const bytes = capacity * slotBytes;
  assert.equal(libc.ftruncate(fd, bytes), 0);
  t.after(() => closeSync(fd));
  const options = {
    indexAddress: allocate(slabIndexBytes(capacity)).address,
    address: mapFileAt(fd, bytes),
    slotBytes,
    capacity,
    header: new Int32Array(slabHeaderWords),
  };
  return {
    slab: new Slab(options),
    pages: () => (fstatSync(fd).blocks * 512) / 4096,
    again: () => new Slab(options),
  };
}

const take = (slab: Slab, times: number): readonly number[] =>
  Array.from({ length: times }, () => slab.take());
const word = (slab: Slab, slot: number): number => slab.words(slot)[slab.at(slot)] ?? 0;
const put = (slab: Slab, slot: number, value: number): void => {
  slab.words(slot)[slab.at(slot)] = value;
};

test('slots are given out from 1, each once', () => {
  const slab = newSlab(1024);
  assert.deepEqual(take(slab, 4), [1, 2, 3, 4]);
  assert.equal(slab.size, 4);
  assert.deepEqual([...slab.slots()], [1, 2, 3, 4]);
  assert.deepEqual([...slab.slots(3)], [3, 4]);
});

test('the lowest that is free is given out first, and empty', () => {
  const slab = newSlab(1024);
  for (const slot of take(slab, 100)) put(slab, slot, slot * 11);
  for (const slot of [70, 2, 4]) slab.give(slot);
  assert.deepEqual(take(slab, 4), [2, 4, 70, 101]);
  assert.deepEqual(
    [1, 2, 3, 4, 70].map((slot) => word(slab, slot)),
    [11, 0, 33, 0, 0],
  );
});

test('a slab that is full gives 0, until something is given back', () => {
  const slab = newSlab(1024);
  assert.deepEqual(take(slab, 1025).slice(1021), [1022, 1023, 0, 0]);
  slab.give(700);
  assert.deepEqual(take(slab, 2), [700, 0]);
  assert.equal(slab.size, 1023);
});

test('a slab knows what is given out', () => {
  const slab = newSlab(1024);
  take(slab, 2);
  slab.give(1);
  assert.deepEqual(
    [-1, 0, 1, 2, 3, 2 ** 32 + 1, Number.NaN].map((slot) => slab.knows(slot)),
    [false, false, false, true, false, false, false],
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

test('a page is given back to the kernel when all its slots are free, and its slots are good again', (t) => {
  const { slab, pages } = slabInFile(t, 4096);
  for (const slot of take(slab, 10 * slotsOfPage - 1)) put(slab, slot, slot);
  assert.equal(pages(), 10);
  for (let slot = 2 * slotsOfPage; slot < 10 * slotsOfPage; slot++) if (slot !== 400) slab.give(slot);
  assert.deepEqual([slab.trim(3), slab.trim(1000), slab.trim(1000)], [3, 4, 0]);
  assert.equal(pages(), 3);
  assert.equal(word(slab, 400), 400);
  for (const slot of take(slab, 8 * slotsOfPage)) {
    assert.equal(word(slab, slot), 0);
    put(slab, slot, slot);
  }
  assert.equal(word(slab, 400), 400);
});

test('after a death what is not alive is free again, whatever was noted of it', (t) => {
  const { slab, again } = slabInFile(t, 4096);
  for (const slot of take(slab, 100)) put(slab, slot, slot);
  slab.give(40);
  const next = again();
  next.repair((slot) => slot % 2 === 1);
  assert.equal(next.size, 50);
  assert.deepEqual(
    [...next.slots()],
    Array.from({ length: 50 }, (_, index) => 1 + index * 2),
  );
  assert.deepEqual(take(next, 52).slice(-3), [100, 101, 102]);
  assert.equal(word(next, 2), 0);
});
