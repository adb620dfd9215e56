import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buckets } from '../../../../dev/demo/chart/buckets.js';
import type { Outcome, Transaction } from '../../../../dev/demo/transaction.js';

const from = (startedMs: number, endedMs: number, outcome: Outcome = 'acknowledged'): Transaction => ({
  id: 1,
  startedMs,
  endedMs,
  outcome,
});

test('a transaction that waits is slow in every bucket it waits in, and counted where it ends', () => {
  const result = buckets([from(100, 3500)], { durationMs: 4000, count: 4 });
  assert.deepEqual(
    result.map(({ latency }) => latency?.maxMs),
    [3400, 3400, 3400, 3400],
  );
  assert.deepEqual(
    result.map(({ acknowledged }) => acknowledged),
    [0, 0, 0, 1],
  );
});

test('a bucket in which nothing was in flight has no latency', () => {
  const [first, second] = buckets([from(1200, 1300)], { durationMs: 2000, count: 2 });
  assert.deepEqual(first, { fromMs: 0, acknowledged: 0, failed: 0 });
  assert.equal(second?.latency?.p50Ms, 100);
});

test('percentiles are values that were measured', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => from(0, index + 1));
  const [only] = buckets(hundred, { durationMs: 1000, count: 1 });
  assert.deepEqual(only?.latency, { p50Ms: 50, p95Ms: 95, maxMs: 100 });
});

test('refused and unknown transactions are failed ones', () => {
  const told = [from(0, 5, 'refused'), from(0, 5, 'unknown'), from(0, 5)];
  const [only] = buckets(told, { durationMs: 10, count: 1 });
  assert.deepEqual([only?.acknowledged, only?.failed], [1, 2]);
});

test('what ends after the end is counted in the last bucket', () => {
  const result = buckets([from(900, 2500)], { durationMs: 1000, count: 2 });
  assert.deepEqual(
    result.map(({ acknowledged }) => acknowledged),
    [0, 1],
  );
});
