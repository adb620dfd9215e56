import assert from 'node:assert/strict';
import { isIP, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { networkOf, readAddress, writeAddress } from '../../../faults/values/address.js';

/** `[as written, canonical]`, after RFC 5952. */
const rows: readonly (readonly [string, string])[] = [
  ['10.0.0.1', '10.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
  ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
];

for (const [written, canonical] of rows) {
  test(`an address written ${written} is ${canonical}`, () => {
    const bytes = readAddress(written);
    assert.ok(bytes !== null);
    assert.equal(writeAddress(bytes), canonical);
  });
}

test('readAddress() takes and refuses what node:net does', () => {
  const groups = fc.constantFrom('0', '1', 'ffff', '10000', '', 'g', '1.2.3.4', '01');
  const v6 = fc.array(groups, { minLength: 1, maxLength: 9 }).map((parts) => parts.join(':'));
  const v4 = fc
    .array(fc.constantFrom('0', '9', '255', '256', '01', ''), { maxLength: 5 })
    .map((parts) => parts.join('.'));
  fc.assert(
    fc.property(fc.oneof(v6, v4, fc.ipV4(), fc.ipV6()), (text) => {
      assert.equal(readAddress(text) !== null, isIP(text) !== 0, text);
    }),
    { numRuns: 5000 },
  );
});

test('writeAddress() is what readAddress() reads, in one spelling', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      const bytes = readAddress(text);
      assert.ok(bytes !== null && isIPv6(writeAddress(bytes)));
      assert.deepEqual(readAddress(writeAddress(bytes)), bytes);
    }),
  );
});

test('networkOf() clears what is beyond the prefix', () => {
  assert.deepEqual(networkOf([255, 255, 255, 255], 0), [0, 0, 0, 0]);
  assert.deepEqual(networkOf([255, 255, 255, 255], 9), [255, 128, 0, 0]);
  assert.deepEqual(networkOf([255, 255, 255, 255], 32), [255, 255, 255, 255]);
});
