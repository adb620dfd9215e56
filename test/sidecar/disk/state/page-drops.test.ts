/** Whose pages were dropped, and for how long that matters to writes. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { limits } from '../../../../sidecar/disk/limits.js';
import { InodeTable, rootSlot } from '../../../../sidecar/disk/state/inode-table.js';
import { PageDrops } from '../../../../sidecar/disk/state/page-drops.js';
import { fileStat } from './file-stat.js';
import { newState } from './new-state.js';

interface Opened {
  readonly drops: PageDrops;
  readonly slots: readonly number[];
  pass(seconds: number): void;
}

function opened(t: TestContext): Opened {
  const state = newState(t);
  const inodes = new InodeTable(state);
  inodes.plantRoot(fileStat({ ino: 2 }));
  const slots = [3, 4].map((ino) => inodes.remember(fileStat({ ino }), rootSlot, Buffer.from(String(ino))));
  let nowS = 1000;
  const drops = new PageDrops(state, inodes.contents, () => nowS);
  const pass = (seconds: number): void => {
    nowS += seconds;
  };
  return { drops, slots, pass };
}

test('of the file whose pages were dropped, for as long as a write may be under way', (t) => {
  const { drops, slots, pass } = opened(t);
  const [a = 0, b = 0] = slots;
  assert.deepEqual(
    [a, b].map((slot) => drops.mayHaveMet(slot, 0)),
    [false, false],
  );
  drops.note(a);
  assert.deepEqual(
    [a, b].map((slot) => drops.mayHaveMet(slot, 0)),
    [true, false],
  );
  pass(limits.writtenWithinS + 1);
  assert.equal(drops.mayHaveMet(a, 0), false);
  assert.equal(drops.mayHaveMet(a, 1), true, 'a write that waited since');
});

test('a number that was never given out is nobody', (t) => {
  const { drops } = opened(t);
  drops.note(4711);
  assert.equal(drops.mayHaveMet(4711, 0), false);
});
