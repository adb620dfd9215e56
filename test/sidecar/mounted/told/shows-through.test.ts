/** What the kernel keeps to itself, pinned to what it does today; docs/reference/fuse.md says so. */
import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { lseek, preadAt, pwriteAt, SEEK_DATA } from '../libc/files.js';
import { type Mapping, map, pages } from '../libc/memory.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { answerOf } from './answer-of.js';

const page = 4096;
const letters = (mapping: Mapping): number =>
  mapping.load(0, 2 * page).filter((byte) => byte === 'B'.charCodeAt(0)).length;

describe('the kernel', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  before(async () => {
    disk = await mountDisk();
  });
  after(() => disk?.close());

  test('finds data that was stored into a hole through a mapping once it was synced, not before', () => {
    const fd = openSync(join(disk.mount, 'sparse'), 'w+');
    ftruncateSync(fd, 4 * page);
    const memory = map(fd, { length: 4 * page, shared: true, writable: true });
    memory.store(2 * page, Buffer.from('data'));
    const found = answerOf(() => lseek(fd, 0, SEEK_DATA));
    memory.sync();
    const then = answerOf(() => lseek(fd, 0, SEEK_DATA));
    memory.unmap();
    closeSync(fd);
    assert.deepEqual([found, then], ['ENXIO', 2 * page]);
  });

  test('shows what a write was not able to do in mappings, until somebody reads it', async () => {
    const path = join(disk.mount, 'mapped');
    writeFileSync(path, Buffer.alloc(2 * page, 'a'));
    const fd = openSync(path, 'r+');
    const memory = map(fd, { length: 2 * page, shared: true, writable: false });
    const bytes = pages(2 * page);
    bytes.store(0, Buffer.alloc(2 * page, 'B'));
    assert.equal(letters(memory), 0);
    await disk.control.arm('short', 'disk short 100 on write');
    const told = pwriteAt(fd, bytes.address, 2 * page, 0);
    await disk.control.disarm('short');
    const seen = letters(memory);
    preadAt(fd, bytes.address, 2 * page, 0);
    const then = letters(memory);
    for (const each of [memory, bytes]) each.unmap();
    closeSync(fd);
    assert.deepEqual([told, seen, then], [100, 2 * page, 100]);
    assert.equal(readFileSync(join(disk.backing, 'mapped'), 'latin1').lastIndexOf('B'), 99);
  });
});
