import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../../dev/bench/benchmark.js';
import { type Measurement, median, ratio, resultOf } from '../../../dev/bench/results.js';

const targets = ['bare', 'libfuse', 'ours'];

const more: Metric = { name: 'w', title: 'W', unit: 'op/s', better: 'more' };
const less: Metric = { ...more, unit: 'us', better: 'less' };

const measured = (label: string, value: number): Measurement => ({
  metric: 'w',
  target: 'libfuse',
  label,
  value,
});
const single = (value: number) => measured('one thread', value);
const multi = (value: number) => measured('threads', value);

test('median() is the middle one, or between the two middle ones, or nothing', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 9]), 3.5);
  assert.ok(Number.isNaN(median([])));
});

test('resultOf() takes the best way a target was run, each by the median of its rounds', () => {
  const rounds = [single(10), multi(100), single(20), multi(1), single(30), multi(2)];
  assert.equal(resultOf(more, rounds, targets).targets['libfuse'], 20);
  assert.equal(resultOf(less, rounds, targets).targets['libfuse'], 2);
});

test('resultOf() gives null for a target that was not measured or could not do the work', () => {
  const rounds = [single(Number.NaN), { ...single(7), target: 'bare' }];
  assert.deepEqual(resultOf(more, rounds, targets).targets, { bare: 7, libfuse: null, ours: null });
});

test('resultOf() leaves out a round that failed, and the numbers of other metrics', () => {
  const rounds = [single(5), single(Number.NaN), single(7), { ...single(1000), metric: 'other' }];
  assert.equal(resultOf(more, rounds, targets).targets['libfuse'], 6);
});

test('ratio() is above one for the better target, whichever way the metric counts', () => {
  const result = { metric: 'w', unit: '', targets: { bare: 10, libfuse: 20, ours: null } };
  assert.equal(ratio(more, result, ['bare', 'libfuse']), 0.5);
  assert.equal(ratio(less, result, ['bare', 'libfuse']), 2);
  assert.equal(ratio(less, result, ['ours', 'libfuse']), null);
});
