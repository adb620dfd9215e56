import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newExchange } from '../../../../sidecar/disk/device.js';
import {
  freeRequest,
  type KeptRequest,
  keepRequest,
  loadRequest,
} from '../../../../sidecar/disk/wait-queue/kept-request.js';
import { writeFrame } from '../request.js';

const largest = 2 ** 20;
const request = newExchange();

const kept = (frame: Uint8Array): KeptRequest => {
  request.load(frame);
  return keepRequest(request) ?? assert.fail('no memory');
};

test('a request of any size comes back as it was, whatever was in its place meanwhile', () => {
  const frames = [0, 1, 100, 4096, 32 * 1024 - 80, 32 * 1024, largest].map((bytes, fill) =>
    writeFrame(2, 1, bytes, Buffer.alloc(bytes, 1 + fill)),
  );
  const copies = frames.map(kept);
  request.load(writeFrame(9, 9, 9, Buffer.alloc(largest, 255)));
  for (const [index, copy] of copies.entries()) {
    loadRequest(request, copy);
    assert.deepEqual(Buffer.from(request.copyRequest()), frames[index]);
  }
  for (const copy of copies) freeRequest(copy);
});

test('the memory of large requests goes back at once', () => {
  const frame = writeFrame(2, 1, 0, Buffer.alloc(largest));
  for (let round = 0; round < 20; round++) {
    const copies = Array.from({ length: 20 }, () => kept(frame));
    for (const copy of copies) freeRequest(copy);
  }
  const before = residentBytes();
  const copies = Array.from({ length: 40 }, () => kept(frame));
  const between = residentBytes();
  for (const copy of copies) freeRequest(copy);
  const after = residentBytes();
  assert.ok(between - before > 30 * largest, `${between - before} bytes more`);
  assert.ok(after - before < 10 * largest, `${after - before} bytes are left`);
});

function residentBytes(): number {
  const [, pages] = readFileSync('/proc/self/statm', 'latin1').split(' ');
  return Number(pages) * 4096;
}
