import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExchangeMemory } from '../../../../sidecar/disk/wire/exchange.js';
import {
  writeError,
  writeExpireEntry,
  writeInvalEntry,
  writeInvalInode,
  writePrune,
  writeResend,
} from '../../../../sidecar/disk/wire/notifications.js';
import { allocate } from '../../../../sidecar/linux/memory.js';
import { expected, found, readFrames, type Values } from '../../../frames/frames.js';

/** In the order of the file. */
const writers: readonly ((to: ExchangeMemory) => number)[] = [
  (to) => writeInvalInode(to, { inode: 2 ** 32 + 7, offset: 8192, bytes: 4096 }),
  (to) => writeInvalInode(to, { inode: 7, offset: 2 ** 33, bytes: 0 }),
  (to) => writeInvalInode(to, { inode: 7, offset: -1, bytes: 0 }),
  (to) => writeExpireEntry(to, 7, Buffer.from('hello')),
  (to) => writeInvalEntry(to, 7, Buffer.from('hello')),
  (to) => writePrune(to, [7, 2 ** 32 + 7]),
  (to) => writeResend(to),
  (to) => writeError(to, [4, 0x8000_0000], 5),
];
const noValues: Values = (name) => assert.fail(`a notification needs no ${name}`);
const memory = allocate(4096);

for (const [index, { title, reply }] of readFrames('notifications').entries()) {
  test(`${title} is written byte for byte, whatever lay there`, () => {
    memory.bytes.fill(0xff);
    const length = writers[index]?.(memory) ?? 0;
    assert.deepEqual(
      found(Buffer.from(memory.bytes.subarray(0, length)), reply, noValues),
      expected(reply, noValues),
    );
  });
}
