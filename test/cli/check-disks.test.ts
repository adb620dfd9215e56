import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkDisks, isWithin } from '../../cli/commands/local/check-disks.js';
import type { LocalDisk } from '../../sidecar/supervise/local/local-options.js';
import { temporaryFolders } from './temporary-folders.js';

const disk = (root: string, backing: string, mountpoint: string, volume = mountpoint): LocalDisk => ({
  volume,
  backing: join(root, backing),
  mountpoint: join(root, mountpoint),
});

const messages = (disks: readonly LocalDisk[]): string =>
  checkDisks(disks)
    .problems.map(({ subject, message }) => `${subject}: ${message}`)
    .join('\n');

test('disks that are there and apart from each other have no problem', (t) => {
  const root = temporaryFolders(t, 'real', 'more', 'a', 'b');
  assert.deepEqual(checkDisks([disk(root, 'real', 'a'), disk(root, 'more', 'b')]).problems, []);
});

test('what is missing, no directory, or not empty is told for every disk at once', (t) => {
  const root = temporaryFolders(t, 'real', 'a', 'full');
  writeFileSync(join(root, 'file'), '');
  writeFileSync(join(root, 'full', 'x'), '');
  const said = messages([disk(root, 'nowhere', 'a'), disk(root, 'file', 'gone'), disk(root, 'real', 'full')]);
  assert.match(said, /nowhere: BACKING does not exist/);
  assert.match(said, /file: BACKING is not a directory/);
  assert.match(said, /gone: MOUNT does not exist/);
  assert.match(said, /full: MOUNT is not empty/);
});

test('nothing may be within anything that it is served from or at', (t) => {
  const root = temporaryFolders(t, 'real/inner', 'a/inner', 'b', 'other');
  const overlapping: readonly (readonly LocalDisk[])[] = [
    [disk(root, 'b', 'b')],
    [disk(root, 'real', 'real/inner')],
    [disk(root, 'a/inner', 'b'), disk(root, 'other', 'a/inner')],
    [disk(root, 'real', 'b'), disk(root, 'other', 'real/inner')],
    [disk(root, 'real', 'b'), disk(root, 'other', 'b', 'twice')],
  ];
  for (const disks of overlapping) assert.match(messages(disks), /overlaps|BACKING is served|not empty/);
});

test('a symbolic link does not hide that two paths are one', (t) => {
  const root = temporaryFolders(t, 'real', 'a', 'b');
  symlinkSync(join(root, 'real'), join(root, 'link'));
  assert.match(messages([disk(root, 'real', 'a'), disk(root, 'link', 'b')]), /is served at .*a already/);
});

test('two volumes of one name are refused', (t) => {
  const root = temporaryFolders(t, 'one', 'two', 'x/data', 'y/data');
  const said = messages([disk(root, 'one', 'x/data', 'data'), disk(root, 'two', 'y/data', 'data')]);
  assert.match(said, /two volumes are called data/);
});

test('isWithin() knows directories from names that merely begin alike', () => {
  assert.ok(isWithin('/srv/pg', '/srv/pg'));
  assert.ok(isWithin('/srv/pg/base', '/srv/pg'));
  assert.ok(isWithin('/srv', '/'));
  assert.ok(!isWithin('/srv/pg2', '/srv/pg'));
});
