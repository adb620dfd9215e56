import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitBounds } from '../../../../sidecar/disk/wait-queue/wait-bounds.js';
import { maxWriteBytes } from '../../../../sidecar/disk/wire/sizes.js';

const mib = 2 ** 20;

/** `[what bounds the memory, how many bytes may wait]`. */
const rows: readonly (readonly [number | null, number])[] = [
  [null, 512 * mib],
  [64 * 2 ** 30, 512 * mib],
  [448 * mib, 56 * mib],
  [64 * mib, 8 * mib],
  [1 * mib, 8 * mib],
];

for (const [limit, bytes] of rows)
  test(`of ${limit === null ? 'memory without a bound' : `${limit / mib} MiB`} requests may take ${bytes / mib}`, () => {
    assert.equal(waitBounds(limit).queueBytes, bytes);
  });

test('the largest write can wait, whatever the bound', () => {
  const { queueBytes, transitBytes } = waitBounds(1);
  assert.ok(queueBytes > maxWriteBytes + 4096 && transitBytes > maxWriteBytes + 4096);
});
