import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { Paths } from '../../../sidecar/disk/paths.js';
import { InodeTable, rootSlot } from '../../../sidecar/disk/state/inode-table.js';
import { fileStat } from './state/file-stat.js';
import { newState } from './state/new-state.js';

interface Tree {
  readonly inodes: InodeTable;
  readonly paths: Paths;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

const name = (text: string): Uint8Array => Buffer.from(text);

/** a/b/c. */
function planted(t: TestContext): Tree {
  const inodes = new InodeTable(newState(t));
  inodes.plantRoot(fileStat({ ino: 2 }));
  const a = inodes.remember(fileStat({ ino: 10 }), rootSlot, name('a'));
  const b = inodes.remember(fileStat({ ino: 11 }), a, name('b'));
  const c = inodes.remember(fileStat({ ino: 12 }), b, name('c'));
  return { inodes, paths: new Paths(inodes), a, b, c };
}

test('a path is what leads from the root', (t) => {
  const { paths, a, b, c } = planted(t);
  assert.deepEqual(
    [rootSlot, a, b, c].map((slot) => paths.of(slot)),
    ['', 'a', 'a/b', 'a/b/c'],
  );
  assert.equal(paths.below(rootSlot, name('x')), 'x');
  assert.equal(paths.below(c, name('x')), 'a/b/c/x');
});

test('a directory that is moved takes along what is in it', (t) => {
  const { inodes, paths, a, b, c } = planted(t);
  assert.equal(paths.of(c), 'a/b/c');
  inodes.renameTo(b, rootSlot, name('moved'));
  assert.deepEqual([paths.of(c), paths.of(b), paths.of(a)], ['moved/c', 'moved', 'a']);
});

test('a move that another thread notes is seen', (t) => {
  const state = newState(t);
  const theirs = new InodeTable(state);
  theirs.plantRoot(fileStat({ ino: 2 }));
  const file = theirs.remember(fileStat({ ino: 10 }), rootSlot, name('a'));
  const paths = new Paths(new InodeTable(state));
  assert.equal(paths.of(file), 'a');
  theirs.renameTo(file, rootSlot, name('b'));
  assert.equal(paths.of(file), 'b');
});

test('a number that is given out again has the path of its new owner', (t) => {
  const { inodes, paths, c } = planted(t);
  assert.equal(paths.of(c), 'a/b/c');
  inodes.forget(c, 1, () => {});
  assert.equal(paths.of(c), '');
  assert.equal(inodes.remember(fileStat({ ino: 13 }), rootSlot, name('new')), c);
  assert.equal(paths.of(c), 'new');
});

test('a file that lost its name keeps the last', (t) => {
  const { inodes, paths, c } = planted(t);
  inodes.bury(c);
  assert.equal(paths.of(c), 'a/b/c');
});

test('what nobody knows has no path', (t) => {
  const { paths } = planted(t);
  assert.deepEqual(
    [0, 99, 2 ** 53].map((slot) => paths.of(slot)),
    ['', '', ''],
  );
});

test('names that lead in a circle end', (t) => {
  const { inodes, paths, a, b } = planted(t);
  inodes.renameTo(a, b, name('a'));
  assert.match(paths.of(b), /^(b\/a|a\/b)(\/|$)/);
});

test('more paths than are remembered are right all the same', (t) => {
  const { inodes, paths, a } = planted(t);
  const slots = Array.from({ length: 5000 }, (_, i) =>
    inodes.remember(fileStat({ ino: 1000 + i }), a, name(`f${i}`)),
  );
  for (let round = 0; round < 2; round++) {
    for (const [i, slot] of slots.entries()) assert.equal(paths.of(slot), `a/f${i}`);
  }
});
