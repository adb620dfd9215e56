import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { InodeTable, rootSlot } from '../../../../sidecar/disk/state/inode-table.js';
import {
  attachVolumeState,
  boundInodes,
  field,
  inodeBytes,
} from '../../../../sidecar/disk/state/volume-state.js';
import { fileStat } from './file-stat.js';
import { newState } from './new-state.js';

const name = (text: string): Uint8Array => Buffer.from(text);
const nameOf = (table: InodeTable, slot: number): string => Buffer.from(table.name(slot)).toString();

function planted(t: TestContext): InodeTable {
  const table = new InodeTable(newState(t));
  table.plantRoot(fileStat({ ino: 2 }));
  return table;
}

/** Whether the slot became free; `kept` of those that did. */
function forget(
  table: InodeTable,
  slot: number,
  lookups = 1,
): { readonly fd: number; readonly kept: boolean | null } {
  let kept: boolean | null = null;
  const fd = table.forget(slot, lookups, (wasKept) => {
    kept = wasKept;
  });
  return { fd, kept };
}

test('the root is inode 1, and is never given back', (t) => {
  const table = planted(t);
  assert.equal(table.lookUp(fileStat({ ino: 2 })), rootSlot);
  assert.deepEqual(forget(table, rootSlot, 1e9), { fd: -1, kept: null });
  assert.equal(table.has(rootSlot), true);
  assert.throws(() => table.plantRoot(fileStat({ ino: 3 })));
});

test('a file stays known until as many lookups were given back as were counted', (t) => {
  const table = planted(t);
  const file = fileStat({ ino: 10 });
  const slot = table.remember(file, rootSlot, name('a'));
  assert.equal(table.remember(file, rootSlot, name('a')), slot);
  assert.equal(table.remember(file, rootSlot, name('a')), slot);
  assert.equal(forget(table, slot, 2).kept, null);
  assert.equal(table.has(slot), true);
  assert.equal(forget(table, slot, 1).kept, false);
  assert.equal(table.has(slot), false);
  assert.equal(table.lookUp(file), 0);
});

test('more lookups than were counted, or of what nobody knows, do no harm', (t) => {
  const table = planted(t);
  const slot = table.remember(fileStat({ ino: 10 }), rootSlot, name('a'));
  assert.equal(forget(table, slot, 2 ** 53).kept, false);
  for (const unknown of [0, slot, 3, 1e6, 2 ** 53]) assert.equal(forget(table, unknown).kept, null);
});

test('a slot that is free is given out again, with nothing of before', (t) => {
  const table = planted(t);
  const slot = table.remember(fileStat({ ino: 10 }), rootSlot, name('a-long-name'));
  table.fds.offer(slot, 77);
  table.fds.markKept(slot);
  table.use.markCached(slot);
  table.use.countOpen(slot, 1);
  assert.deepEqual(forget(table, slot), { fd: 77, kept: true });
  assert.equal(table.remember(fileStat({ ino: 11 }), rootSlot, name('b')), slot);
  assert.deepEqual(
    [
      table.fds.of(slot),
      table.fds.isKept(slot),
      table.use.isCached(slot),
      table.use.opens(slot),
      nameOf(table, slot),
    ],
    [-1, false, false, 0, 'b'],
  );
});

test('hard links are one inode, known by the name that was seen last', (t) => {
  const table = planted(t);
  const file = fileStat({ ino: 10 });
  const slot = table.remember(file, rootSlot, name('a'));
  assert.equal(table.remember(file, 5, name('b')), slot);
  assert.deepEqual([table.parent(slot), nameOf(table, slot)], [5, 'b']);
  assert.equal(table.isNamed(slot, 5, name('b')), true);
  assert.equal(table.isNamed(slot, 5, name('a')), false);
  assert.equal(table.isNamed(slot, rootSlot, name('b')), false);
});

test('files of the same number on different devices are different, and so are numbers of 64 bits', (t) => {
  const table = planted(t);
  const identities = [
    { ino: 10, device: 1 },
    { ino: 10, device: 2 },
    { ino: 10n + (1n << 32n), device: 1 },
    { ino: 10n + (1n << 63n), device: 1 },
  ];
  const slots = identities.map((identity) => table.remember(fileStat(identity), rootSlot, name('a')));
  assert.equal(new Set(slots).size, 4);
  for (const [index, identity] of identities.entries()) {
    assert.equal(table.lookUp(fileStat(identity)), slots[index]);
    assert.equal(table.isSame(slots[index] ?? 0, fileStat(identity)), true);
  }
});

test('a file of another type or birth is another, though the number is the same', (t) => {
  const state = newState(t);
  const table = new InodeTable(state);
  table.plantRoot(fileStat({ ino: 2 }));
  state.header[field.birthDevice] = 1;
  const file = { ino: 10, mode: 0o100644, born: 5 };
  const slot = table.remember(fileStat(file), rootSlot, name('a'));
  assert.equal(table.lookUp(fileStat({ ...file, mode: 0o100600 })), slot);
  assert.equal(table.lookUp(fileStat({ ...file, mode: 0o010644 })), 0, 'a FIFO');
  assert.equal(table.lookUp(fileStat({ ...file, born: 6 })), 0, 'made later');
  table.renameTo(slot, rootSlot, name('n'.repeat(255)));
  assert.equal(table.lookUp(fileStat(file)), slot, 'by whatever name it goes');
  assert.equal(table.type(slot), 0o100000);
  state.header[field.birthDevice] = 0;
  const other = table.remember(fileStat({ ino: 11, born: 5 }), rootSlot, name('b'));
  assert.equal(
    table.lookUp(fileStat({ ino: 11, born: 6 })),
    other,
    'where a birth may change it does not count',
  );
});

test('what lies in one bucket is found whichever of them goes first', (t) => {
  const sameBucket = [0n, 1n, 2n, 3n, 4n].map((high) => fileStat({ ino: 10n + (high << 32n) }));
  for (const gone of [0, 2, 4]) {
    const table = planted(t);
    const slots = sameBucket.map((file) => table.remember(file, rootSlot, name('a')));
    forget(table, slots[gone] ?? 0);
    for (const [index, file] of sameBucket.entries()) {
      assert.equal(table.lookUp(file), index === gone ? 0 : slots[index]);
    }
  }
});

test('a file that was just made is not taken for one that is gone and had its number', (t) => {
  const table = planted(t);
  const file = fileStat({ ino: 10 });
  const stale = table.remember(file, rootSlot, name('old'));
  const fresh = table.remember(file, rootSlot, name('new'), true);
  assert.notEqual(fresh, stale);
  assert.equal(table.lookUp(file), fresh);
  assert.equal(table.has(stale), true, 'the kernel may still ask about it');
  assert.equal(nameOf(table, stale), 'old');
  assert.equal(forget(table, stale).kept, false);
  assert.equal(table.lookUp(file), fresh);
});

test('nobody finds what was buried, and its slot stays until it is given back', (t) => {
  const table = planted(t);
  const file = fileStat({ ino: 10 });
  const slot = table.remember(file, rootSlot, name('a'));
  table.bury(slot);
  table.bury(slot);
  assert.equal(table.lookUp(file), 0);
  assert.equal(table.has(slot), true);
  assert.notEqual(table.remember(file, rootSlot, name('a')), slot);
  assert.equal(forget(table, slot).kept, false);
});

test('a name of any bytes ends where it ends, also after a longer one', (t) => {
  const table = planted(t);
  const slot = table.remember(fileStat({ ino: 10 }), rootSlot, name('n'.repeat(255)));
  const next = table.remember(fileStat({ ino: 11 }), rootSlot, Uint8Array.of(0xff, 0x20, 0x0a));
  assert.equal(nameOf(table, slot).length, 255);
  assert.deepEqual([...table.name(next)], [0xff, 0x20, 0x0a]);
  table.renameTo(slot, rootSlot, name('short'));
  assert.equal(nameOf(table, slot), 'short');
  table.renameTo(slot, next, name('n'.repeat(255)));
  assert.deepEqual([...table.name(next)], [0xff, 0x20, 0x0a], 'the neighbour is as it was');
});

test('the epoch of names moves with every change, and not when a name is seen again', (t) => {
  const table = planted(t);
  const file = fileStat({ ino: 10 });
  const moves = (act: () => void): boolean => {
    const before = table.nameEpoch;
    act();
    return table.nameEpoch !== before;
  };
  let slot = 0;
  assert.equal(
    moves(() => (slot = table.remember(file, rootSlot, name('a')))),
    false,
    'nobody knew it',
  );
  assert.equal(
    moves(() => table.remember(file, rootSlot, name('a'))),
    false,
  );
  assert.equal(
    moves(() => table.renameTo(slot, rootSlot, name('b'))),
    true,
  );
  assert.equal(
    moves(() => table.remember(file, 7, name('b'))),
    true,
    'another parent',
  );
  assert.equal(
    moves(() => forget(table, slot, 3)),
    true,
  );
});

test('a long name is given back when it goes, and when a shorter one takes its place', (t) => {
  const state = newState(t);
  const table = new InodeTable(state);
  table.plantRoot(fileStat({ ino: 2 }));
  const slots = [10, 11, 12].map((ino) =>
    table.remember(fileStat({ ino }), rootSlot, name(`${ino}`.repeat(ino === 12 ? 19 : 100))),
  );
  assert.equal(state.longNames.size, 2);
  table.renameTo(slots[0] ?? 0, rootSlot, name('n'.repeat(40)));
  assert.deepEqual([state.longNames.size, nameOf(table, slots[0] ?? 0)], [2, 'n'.repeat(40)]);
  table.renameTo(slots[0] ?? 0, rootSlot, name('n'.repeat(39)));
  assert.deepEqual([state.longNames.size, nameOf(table, slots[0] ?? 0)], [1, 'n'.repeat(39)]);
  forget(table, slots[1] ?? 0);
  assert.equal(state.longNames.size, 0);
});

test('after a death what the kernel was never answered is free, with its name, and the rest is as it was', (t) => {
  const state = newState(t);
  const table = new InodeTable(state);
  table.plantRoot(fileStat({ ino: 2 }));
  const known = table.remember(fileStat({ ino: 10 }), rootSlot, name('k'.repeat(60)));
  const half = table.remember(fileStat({ ino: 11 }), rootSlot, name('h'.repeat(60)));
  // As deaths in the middle of each step leave them: a slot without identity, one without lookups, a name of nobody.
  table.slots.addLookups(half, -1);
  state.inodes.take();
  state.longNames.take();
  const next = new InodeTable(attachVolumeState(state.fd));
  next.repair();
  assert.deepEqual([...next.all()], [rootSlot, known]);
  assert.equal(state.longNames.size, 1);
  assert.equal(nameOf(next, known), 'k'.repeat(60));
  assert.equal(next.lookUp(fileStat({ ino: 11 })), 0);
  assert.equal(next.lookUp(fileStat({ ino: 10 })), known);
  assert.equal(next.remember(fileStat({ ino: 11 }), rootSlot, name('again')), half);
});

test('where the room is gone a new file is not remembered, and one that is known still is', (t) => {
  const state = newState(t);
  const table = new InodeTable(state);
  table.plantRoot(fileStat({ ino: 2 }));
  boundInodes(state, 10 * inodeBytes);
  const remember = (ino: number): number => table.remember(fileStat({ ino }), rootSlot, name(`${ino}`));
  const slots = Array.from({ length: 12 }, (_, index) => remember(10 + index));
  assert.deepEqual(slots.slice(8), [0, 0, 0, 0].with(0, slots[8] ?? 0));
  assert.equal(table.room.isScarce, true);
  assert.equal(remember(10), slots[0]);
  forget(table, slots[3] ?? 0);
  assert.equal(remember(30), slots[3]);
});

test('only the first descriptor is taken, and another once that was dropped', (t) => {
  const table = planted(t);
  const slot = table.remember(fileStat({ ino: 10 }), rootSlot, name('a'));
  assert.deepEqual([table.fds.of(slot), table.fds.offer(slot, 0), table.fds.of(slot)], [-1, true, 0]);
  assert.deepEqual([table.fds.offer(slot, 9), table.fds.of(slot)], [false, 0]);
  table.fds.drop(slot);
  assert.deepEqual([table.fds.offer(slot, 9), table.fds.of(slot)], [true, 9]);
});

test('a file is unchanged when it is as it was seen', (t) => {
  const table = planted(t);
  const before = { ino: 10, size: 5, mtimeSeconds: 1, mtimeNanoseconds: 2 };
  const slot = table.remember(fileStat(before), rootSlot, name('a'));
  assert.equal(table.use.unchangedSince(slot, fileStat(before)), false, 'never seen');
  assert.equal(table.use.unchangedSince(slot, fileStat(before)), true);
  for (const change of [{ size: 6 }, { mtimeSeconds: 2 }, { mtimeNanoseconds: 3 }]) {
    assert.equal(table.use.unchangedSince(slot, fileStat({ ...before, ...change })), false);
    assert.equal(table.use.unchangedSince(slot, fileStat(before)), false, 'and back');
  }
});

test('a write is known to be ours whenever its change is first seen: before it, during it, after it', (t) => {
  const table = planted(t);
  const slot = table.remember(fileStat({ ino: 10 }), rootSlot, name('a'));
  const taken = (): boolean => table.contents.takeChanged(slot);
  assert.equal(taken(), false);
  table.contents.beginWrite(slot);
  table.contents.beginWrite(slot);
  assert.deepEqual([taken(), taken()], [true, true], 'while two write');
  table.contents.endWrite(slot);
  assert.deepEqual([taken(), taken()], [true, true], 'while one writes');
  table.contents.endWrite(slot);
  assert.deepEqual([taken(), taken()], [true, false], 'once after the last');
  table.contents.markChanged(slot);
  assert.deepEqual([taken(), taken()], [true, false], 'once after another change');
  table.contents.markInPageCache(slot);
  assert.deepEqual([taken(), table.contents.isInPageCache(slot)], [false, true]);
  table.contents.beginWrite(slot);
  table.contents.endAllWrites(slot);
  assert.deepEqual(
    [taken(), taken(), table.contents.isInPageCache(slot)],
    [true, false, true],
    'after a death',
  );
});

test('another thread sees what is in the table', (t) => {
  const state = newState(t);
  const ours = new InodeTable(state);
  ours.plantRoot(fileStat({ ino: 2 }));
  const slot = ours.remember(fileStat({ ino: 10 }), rootSlot, name('a'));
  const theirs = new InodeTable(attachVolumeState(state.fd));
  assert.equal(theirs.lookUp(fileStat({ ino: 10 })), slot);
  assert.equal(nameOf(theirs, slot), 'a');
  theirs.renameTo(slot, rootSlot, name('b'));
  assert.equal(nameOf(ours, slot), 'b');
});
