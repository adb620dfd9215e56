import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, heightOf, logScaleFor, ticks } from '../../../../dev/demo/chart/log-scale.js';

test('the axis ends at a power of ten above every value, one second at least', () => {
  assert.deepEqual(ticks(logScaleFor(5100)).map(duration), ['1 ms', '10 ms', '100 ms', '1 s', '10 s']);
  assert.deepEqual(ticks(logScaleFor(0)).map(duration), ['1 ms', '10 ms', '100 ms', '1 s']);
});

test('each power of ten is as high as the one before, and nothing leaves the axis', () => {
  const scale = logScaleFor(1000);
  assert.ok(Math.abs(heightOf(scale, 10) - 1 / 3) < 1e-9);
  assert.ok(Math.abs(heightOf(scale, 100) - 2 / 3) < 1e-9);
  assert.equal(heightOf(scale, 0.2), 0);
  assert.equal(heightOf(scale, 0), 0);
  assert.equal(heightOf(scale, 90_000), 1);
});
