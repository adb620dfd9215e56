/** The page cache serves reads while no fault is on them, and hides nothing from a fault that is. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { outcome } from '../../../conformance/observe.js';
import { needs } from '../../../needs.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';

describe('the page cache', { skip: needs('root', 'fuse') }, () => {
  let disk: MountedDisk;
  let fd: number;
  before(async () => {
    disk = await mountDisk();
    writeFileSync(join(disk.mount, 'file'), 'x'.repeat(1 << 20));
    fd = openSync(join(disk.mount, 'file'), 'r');
    readAll();
  });
  after(async () => {
    if (fd !== undefined) closeSync(fd);
    await disk?.close();
  });

  test('serves every read of a file it holds, with no fault armed', async () => {
    assert.equal(await readsAsked(100), 0);
  });

  test('serves them too while the faults on reads are about other files', async () => {
    await disk.control.arm('elsewhere', 'disk error EIO on read in base/**');
    const asked = await readsAsked(100);
    await disk.control.disarm('elsewhere');
    assert.equal(asked, 0);
  });

  test('serves no read of a file opened beneath a fault on its reads, hit or not', async () => {
    await disk.control.arm('rare', 'disk error EIO on read in file chance 0.0001%');
    const opened = openSync(join(disk.mount, 'file'), 'r');
    const asked = await readsAsked(100, opened);
    await disk.control.disarm('rare');
    closeSync(opened);
    assert.equal(asked, 100);
  });

  test('is emptied after each read of a file that was open before the fault', async () => {
    await disk.control.arm('rare', 'disk error EIO on read in file chance 0.0001%');
    const asked: boolean[] = [];
    for (let read = 0; read < 20; read += 1) asked.push((await readsAsked(1)) > 0);
    await disk.control.disarm('rare');
    assert.deepEqual(
      asked,
      asked.map(() => true),
    );
  });

  test('fills again once the fault is gone', async () => {
    readAll();
    assert.equal(await readsAsked(100), 0);
  });

  test('hides no file that was open and cached before from a fault', async () => {
    await disk.control.arm('failing', 'disk error EIO on read');
    const during = outcome(() => readSync(fd, Buffer.alloc(10), 0, 10, 4096));
    await disk.control.disarm('failing');
    assert.deepEqual([during, outcome(() => readSync(fd, Buffer.alloc(10), 0, 10, 4096))], ['EIO', 10]);
  });

  async function readsAsked(reads: number, from = fd): Promise<number> {
    const before = await disk.control.operations('read');
    for (let read = 0; read < reads; read += 1)
      readSync(from, Buffer.alloc(4096), 0, 4096, 4096 * (read % 256));
    return (await disk.control.operations('read')) - before;
  }

  function readAll(): void {
    const into = Buffer.alloc(1 << 20);
    for (let at = 0; at < into.length; ) at += readSync(fd, into, at, into.length - at, at);
  }
});
