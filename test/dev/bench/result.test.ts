import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Measurement, median, ratio, resultOf } from '../../../dev/bench/result.js';
import type { Figure } from '../../../dev/bench/work.js';

const subjects = ['bare', 'libfuse', 'ours'] as const;
type Subject = (typeof subjects)[number];

const more: Figure<Subject> = { name: 'w', title: 'W', unit: 'op/s', better: 'more', goals: [] };
const less: Figure<Subject> = { ...more, unit: 'us', better: 'less' };

const measured = (label: string, value: number): Measurement<Subject> => ({
  figure: 'w',
  subject: 'libfuse',
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

test('resultOf() takes the best way a subject was run, each by the median of its rounds', () => {
  const rounds = [single(10), multi(100), single(20), multi(1), single(30), multi(2)];
  assert.equal(resultOf(more, rounds, subjects).subjects['libfuse'], 20);
  assert.equal(resultOf(less, rounds, subjects).subjects['libfuse'], 2);
});

test('resultOf() gives null for a subject that was not measured or could not do the work', () => {
  const rounds = [single(Number.NaN), { ...single(7), subject: 'bare' } as const];
  assert.deepEqual(resultOf(more, rounds, subjects).subjects, { bare: 7, libfuse: null, ours: null });
});

test('resultOf() leaves out a round that failed, and the numbers of other figures', () => {
  const rounds = [single(5), single(Number.NaN), single(7), { ...single(1000), figure: 'other' }];
  assert.equal(resultOf(more, rounds, subjects).subjects['libfuse'], 6);
});

test('ratio() is above one for the better subject, whichever way the figure counts', () => {
  const result = { work: 'w', unit: '', subjects: { bare: 10, libfuse: 20, ours: null } };
  assert.equal(ratio(more, result, ['bare', 'libfuse']), 0.5);
  assert.equal(ratio(less, result, ['bare', 'libfuse']), 2);
  assert.equal(ratio(less, result, ['ours', 'libfuse']), null);
});
