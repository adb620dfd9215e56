import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../core/nearest.js';

/** `[found, candidates, nearest]`. */
const rows: readonly (readonly [string, readonly string[], string | undefined])[] = [
  ['latancy', ['loss', 'latency'], 'latency'],
  ['fsnyc', ['fsync', 'fsyncdir'], 'fsync'],
  ['READ', ['readdir', 'read'], 'read'],
  ['throt', ['freeze', 'throttle'], 'throttle'],
  ['on', ['on', 'in'], 'on'],
  ['om', ['to', 'on'], 'on'],
  ['xyzzy', ['read', 'write'], undefined],
  ['', ['on', 'in'], undefined],
  ['a', [], undefined],
];

for (const [found, candidates, expected] of rows) {
  test(`nearest() to ${JSON.stringify(found)} of ${candidates.join(', ')} is ${expected}`, () => {
    assert.equal(nearest(found, candidates), expected);
  });
}
