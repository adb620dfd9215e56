/** `disk full` and `disk readonly`: nothing more goes in. */
import assert from 'node:assert/strict';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { outcome } from '../../../conformance/observe.js';
import { needs } from '../../../needs.js';
import { fallocate } from '../libc/files.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';

const kib = 1024;
const skip = needs('root', 'fuse');

describe('disk full', { skip }, () => {
  let disk: MountedDisk;
  let at: (name: string) => string;
  before(async () => {
    disk = await mountDisk();
    at = (name) => join(disk.mount, name);
  });
  beforeEach(async () => {
    for (const name of ['old', 'new', 'more']) rmSync(at(name), { force: true });
    writeFileSync(at('old'), Buffer.alloc(64 * kib));
    await disk.control.arm('full', 'disk full after 128Ki');
  });
  after(() => disk?.close());

  test('takes in what there is room for, and then answers ENOSPC', () => {
    const fd = openSync(at('new'), 'w');
    const written = fillUp(fd);
    closeSync(fd);
    assert.equal(written.code, 'ENOSPC');
    assert.ok(written.bytes >= 120 * kib && written.bytes <= 128 * kib, `${written.bytes} bytes went in`);
    assert.equal(statSync(at('new')).size, written.bytes);
  });

  test('lets a full disk be written where it holds something already', () => {
    const fd = openSync(at('new'), 'w');
    fillUp(fd);
    assert.equal(writeSync(fd, Buffer.alloc(8 * kib, 'x'), 0, 8 * kib, 0), 8 * kib);
    const old = openSync(at('old'), 'r+');
    assert.equal(writeSync(old, Buffer.alloc(64 * kib, 'y'), 0, 64 * kib, 0), 64 * kib);
    for (const each of [fd, old]) closeSync(each);
  });

  test('agrees with what statfs tells', () => {
    const before = freeBytes(disk.mount);
    const fd = openSync(at('new'), 'w');
    writeSync(fd, Buffer.alloc(64 * kib));
    const between = freeBytes(disk.mount);
    fillUp(fd);
    closeSync(fd);
    assert.ok(before <= 128 * kib && before >= 120 * kib, `${before} bytes free at first`);
    assert.ok(
      before - between >= 60 * kib && before - between <= 68 * kib,
      `${between} bytes free after 64 KiB`,
    );
    assert.ok(freeBytes(disk.mount) <= 4 * kib);
    assert.ok(freeBytes(disk.backing) > 128 * kib, 'this test needs room beneath');
  });

  test('has room again for what is freed by unlinking, truncating and punching', () => {
    const fill = () => {
      const fd = openSync(at('more'), 'a');
      const { bytes } = fillUp(fd);
      closeSync(fd);
      return Math.round(bytes / kib / 4) * 4;
    };
    const first = fill();
    unlinkSync(at('more'));
    const afterUnlink = fill();
    truncateSync(at('more'), 64 * kib);
    const afterTruncate = fill();
    const fd = openSync(at('more'), 'r+');
    fallocate(fd, 3, 0, 32 * kib);
    closeSync(fd);
    const afterPunch = fill();
    assert.deepEqual([first, afterUnlink, afterTruncate, afterPunch], [128, 128, 64, 32]);
  });

  test('refuses fallocate past its room, and new names when nothing is left', () => {
    const fd = openSync(at('new'), 'w');
    const allocate = outcome(() => fallocate(fd, 0, 0, 256 * kib));
    const fits = outcome(() => fallocate(fd, 0, 0, 64 * kib));
    fillUp(fd);
    closeSync(fd);
    assert.deepEqual([allocate, fits], ['ENOSPC', 'ok']);
    assert.deepEqual(
      [outcome(() => mkdirSync(at('directory'))), outcome(() => symlinkSync('x', at('link')))],
      ['ENOSPC', 'ENOSPC'],
    );
  });

  test('is over at once when it is disarmed', async () => {
    const fd = openSync(at('new'), 'w');
    fillUp(fd);
    await disk.control.disarm('full');
    assert.equal(writeSync(fd, Buffer.alloc(256 * kib)), 256 * kib);
    closeSync(fd);
  });
});

describe('disk readonly', { skip }, () => {
  test('answers every change with EROFS, of a descriptor open before too, and lets be what only looks', async () => {
    const disk = await mountDisk();
    try {
      const file = join(disk.mount, 'file');
      writeFileSync(file, 'content');
      const fd = openSync(file, 'r+');
      await disk.control.arm('locked', 'disk readonly');
      const changes = [
        () => writeSync(fd, 'x'),
        () => openSync(file, 'r+'),
        () => openSync(join(disk.mount, 'new'), 'w'),
        () => mkdirSync(join(disk.mount, 'd')),
        () => unlinkSync(file),
        () => truncateSync(file, 0),
      ];
      const refused = changes.map((change) => outcome(change));
      const looked = [readFileSync(file, 'utf8'), statSync(file).size];
      await disk.control.disarm('locked');
      const again = outcome(() => writeSync(fd, 'x', 0));
      closeSync(fd);
      assert.deepEqual(
        refused,
        changes.map(() => 'EROFS'),
      );
      assert.deepEqual(looked, ['content', 7]);
      assert.equal(again, 1);
    } finally {
      await disk.close();
    }
  });
});

/** Writes until it fails. */
function fillUp(fd: number): { readonly bytes: number; readonly code: unknown } {
  const piece = Buffer.alloc(20 * kib, 'x');
  for (let bytes = 0; bytes < 4096 * kib; ) {
    const written = outcome(() => writeSync(fd, piece));
    if (typeof written === 'string') return { bytes, code: written };
    bytes += written;
  }
  return { bytes: 4096 * kib, code: 'it never filled up' };
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
