import assert from 'node:assert/strict';
import { lstatSync } from 'node:fs';
import { test } from 'node:test';
import { decodeDevice, encodeDevice } from '../../../../sidecar/disk/wire/attributes.js';

/** gnu_dev_makedev(3) of glibc, for 12 bits of major and 20 of minor. */
const makedev = (major: number, minor: number): number =>
  Number((BigInt(minor) & 0xffn) | (BigInt(major) << 8n) | ((BigInt(minor) & 0xfff00n) << 12n));

test('a device number goes to the protocol and back', () => {
  for (const major of [0, 1, 8, 255, 256, 4095]) {
    for (const minor of [0, 1, 255, 256, 0xabcde, 0xfffff]) {
      assert.equal(decodeDevice(encodeDevice(major, minor)), makedev(major, minor), `${major}:${minor}`);
    }
  }
});

test('the protocol packs a device number as the kernel does', () => {
  assert.equal(encodeDevice(1, 3), 0x103);
  assert.equal(encodeDevice(0xabc, 0xdef12), 0xdefabc12);
  assert.equal(decodeDevice(encodeDevice(1, 3)), lstatSync('/dev/null').rdev);
});
