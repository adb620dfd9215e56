import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lagColumns } from '../../../../dev/demo/chart/lag-columns.js';
import type { LagSample } from '../../../../dev/demo/replica/lag.js';

const sample = (atMs: number, bytes: number): LagSample => ({ atMs, bytes, senderPid: 7 });

test('a column shows the most of its time', () => {
  const samples = [sample(0, 5), sample(900, 9), sample(1000, 2)];
  assert.deepEqual(lagColumns(samples, { durationMs: 2000, count: 2 }), [9, 2]);
});

test('a sample that is a little late leaves no hole, and a silence does', () => {
  const samples = [sample(0, 5), sample(700, 6)];
  const columns = lagColumns(samples, { durationMs: 2500, count: 10 });
  assert.deepEqual(columns, [5, 5, 6, 6, 6, 6, null, null, null, null]);
});

test('what was seen after the end is shown in the last column', () => {
  assert.deepEqual(lagColumns([sample(0, 1), sample(1010, 3)], { durationMs: 1000, count: 2 }), [1, 3]);
});

test('without a sample nothing is known', () => {
  assert.deepEqual(lagColumns([], { durationMs: 1000, count: 3 }), [null, null, null]);
});
