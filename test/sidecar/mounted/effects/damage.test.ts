/** `disk short` and `disk corrupt`: what comes out is less, or other, than what is there; the file itself is whole. */
import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { preadAt, pwriteAt } from '../libc/files.js';
import { map, pages } from '../libc/memory.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';

const content = Buffer.from(Uint8Array.from({ length: 65_536 }, (_, index) => index * 31));
const skip = needs('root', 'fuse');
let disk: MountedDisk;
let path: string;

describe('disk short and disk corrupt', { skip }, () => {
  before(async () => {
    disk = await mountDisk();
    path = join(disk.mount, 'file');
  });
  beforeEach(() => writeFileSync(path, content));
  after(() => disk?.close());

  test('short cuts each read, and a reader that goes on gets everything', async () => {
    await disk.control.arm('short', 'disk short 1000 on read');
    const fd = openSync(path, 'r');
    const { lengths, bytes } = readOn(fd);
    await disk.control.disarm('short');
    closeSync(fd);
    assert.equal(Math.max(...lengths), 1000);
    assert.ok(bytes.equals(content));
  });

  test('short shows nothing but what is there, in a file open and cached before too', async () => {
    const fd = openSync(path, 'r');
    await disk.control.arm('short', 'disk short 1000 on read');
    const during = readOn(fd).bytes;
    await disk.control.disarm('short');
    const after = readOn(fd).bytes;
    closeSync(fd);
    assert.ok(
      during.equals(content) && after.equals(content),
      'the reader got bytes that are not in the file',
    );
  });

  test('short cuts each write, and leaves reads and shorter writes alone', async () => {
    const fd = openSync(path, 'r+');
    const memory = pages(8192);
    await disk.control.arm('short', 'disk short 100 on write');
    const lengths = [5000, 99].map((length) => pwriteAt(fd, memory.address, length, 0));
    lengths.push(preadAt(fd, memory.address, 5000, 0));
    const { tallies } = await disk.control.fault('short');
    await disk.control.disarm('short');
    memory.unmap();
    closeSync(fd);
    assert.deepEqual(lengths, [100, 99, 5000]);
    assert.deepEqual([tallies.injected, tallies.passed], [1, 1]);
  });

  test('corrupt flips as many bits of each read, in a file open and cached before', async () => {
    const fd = openSync(path, 'r');
    readFileSync(path);
    await disk.control.arm('rot', 'disk corrupt 3 bits on read in file');
    const wrong = [0, 1].map(() => differingBits(read(fd, 4096, 8192), content.subarray(8192, 8192 + 4096)));
    await disk.control.disarm('rot');
    closeSync(fd);
    assert.deepEqual(wrong, [3, 3]);
  });

  test('corrupt reaches a mapping made before', async () => {
    const fd = openSync(path, 'r');
    const memory = map(fd, { length: content.length, shared: true, writable: false });
    memory.load(0, content.length);
    await disk.control.arm('rot', 'disk corrupt 5 bits on read in file');
    const rotten = differingBits(memory.load(0, content.length), content);
    await disk.control.disarm('rot');
    const clean = differingBits(memory.load(0, content.length), content);
    memory.unmap();
    closeSync(fd);
    assert.ok(rotten > 0, 'the mapping still showed what was cached');
    assert.equal(clean, 0);
  });

  test('corrupt never touches the file, and leaves nothing in the caches once disarmed', async () => {
    const fd = openSync(path, 'r');
    await disk.control.arm('rot', 'disk corrupt 64 bits');
    const rotten = [
      differingBits(readFileSync(path), content),
      differingBits(read(fd, content.length, 0), content),
    ];
    const beneath = readFileSync(join(disk.backing, 'file'));
    await disk.control.disarm('rot');
    const after = [readFileSync(path), read(fd, content.length, 0)];
    closeSync(fd);
    assert.ok(Math.min(...rotten) >= 64, `${rotten} bits were flipped`);
    assert.ok(beneath.equals(content), 'the file beneath was changed');
    for (const clean of after) assert.ok(clean.equals(content), 'a flipped bit stayed');
  });

  test('corrupt flips the same bits again for the same seed and order of operations', async () => {
    const rounds: Buffer[][] = [];
    for (let round = 0; round < 2; round += 1) {
      await disk.control.arm('rot', 'disk corrupt 9 bits chance 50% seed 42');
      const fd = openSync(path, 'r');
      rounds.push(Array.from({ length: 8 }, () => read(fd, 4096, 0)));
      closeSync(fd);
      await disk.control.disarm('rot');
    }
    assert.deepEqual(rounds[0], rounds[1]);
  });

  test('corrupt leaves no flipped bit in the page cache of a file that is renamed while its read waits', async () => {
    const file = await open(path, 'r');
    await disk.control.arm('rot', 'disk corrupt 64 bits in file');
    await disk.control.arm('slow', 'disk freeze on read in file');
    const during = file.read(Buffer.alloc(4096), 0, 4096, 0);
    await disk.control.awaitParked(1);
    renameSync(path, join(disk.mount, 'elsewhere'));
    await disk.control.disarm('slow');
    await during;
    const { injected } = (await disk.control.fault('rot')).tallies;
    await disk.control.disarm('rot');
    assert.ok(injected > 0, 'it was not corrupted');
    const { buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    await file.close();
    assert.equal(differingBits(buffer, content.subarray(0, 4096)), 0);
  });
});

function readOn(fd: number): { readonly lengths: readonly number[]; readonly bytes: Buffer } {
  const into = Buffer.alloc(content.length);
  const lengths: number[] = [];
  for (let at = 0; at < into.length; at += lengths.at(-1) ?? 0) {
    lengths.push(readSync(fd, into, at, into.length - at, at));
    if (lengths.at(-1) === 0) break;
  }
  return { lengths, bytes: into };
}

function read(fd: number, length: number, position: number): Buffer {
  const into = Buffer.alloc(length);
  return into.subarray(0, readSync(fd, into, 0, length, position));
}

function differingBits(one: Buffer, other: Buffer): number {
  let bits = 0;
  for (const [index, byte] of one.entries()) {
    for (let left = byte ^ (other[index] ?? 0); left > 0; left >>= 1) bits += left & 1;
  }
  return bits;
}
