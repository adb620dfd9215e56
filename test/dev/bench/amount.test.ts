import assert from 'node:assert/strict';
import { test } from 'node:test';
import { amount } from '../../../dev/bench/amount.js';

const shown: readonly (readonly [number | null, string])[] = [
  [0.04312, '0.0431'],
  [9.876, '9.88'],
  [61.24, '61.2'],
  [999.96, '1,000'],
  [72_345.6, '72,346'],
  [0, '0'],
  [null, '-'],
  [Number.NaN, '-'],
];

for (const [value, text] of shown) {
  test(`${value} is shown as ${text}`, () => assert.equal(amount(value), text));
}
