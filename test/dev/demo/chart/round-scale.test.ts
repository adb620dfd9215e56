import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundBytes, roundUp } from '../../../../dev/demo/chart/round-scale.js';

test('an axis ends at the next 1, 2, 4, 6 or 8 of a power of ten', () => {
  assert.deepEqual([1, 1.1, 2, 3, 5, 8, 9, 730].map(roundUp), [1, 2, 2, 4, 6, 8, 10, 800]);
});

test('the axis of a lag holds every value, and a megabyte at least', () => {
  assert.equal(roundBytes([null, 900, 4.6e6]), 6e6);
  assert.equal(roundBytes([null, 900]), 1e6);
  assert.equal(roundBytes([]), 1e6);
});
