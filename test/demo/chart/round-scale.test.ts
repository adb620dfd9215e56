import assert from 'node:assert/strict';
import { test } from 'node:test';
import { roundBytes, roundUp } from '../../../demo/chart/round-scale.js';

test('an axis ends at the next 1, 2 or 5 of a power of ten', () => {
  assert.deepEqual([1, 1.1, 2, 3, 5, 6, 730].map(roundUp), [1, 2, 2, 5, 5, 10, 1000]);
});

test('the axis of a lag holds every value, and a megabyte at least', () => {
  assert.equal(roundBytes([null, 900, 4.6e6]), 5e6);
  assert.equal(roundBytes([null, 900]), 1e6);
  assert.equal(roundBytes([]), 1e6);
});
