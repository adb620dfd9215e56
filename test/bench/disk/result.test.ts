import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Measurement, median, ratio, resultOf } from '../../../bench/disk/result.js';
import type { Work } from '../../../bench/disk/work.js';

const more: Work = { name: 'w', title: 'W', unit: 'op/s', better: 'more', goals: [], measure: async () => 0 };
const less: Work = { ...more, unit: 'us', better: 'less' };

const single = (value: number): Measurement => ({ subject: 'libfuse', label: 'one thread', value });
const multi = (value: number): Measurement => ({ subject: 'libfuse', label: 'threads', value });

test('median() is the middle one, or between the two middle ones, or nothing', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 9]), 3.5);
  assert.ok(Number.isNaN(median([])));
});

test('resultOf() takes the best way a subject was run, each by the median of its rounds', () => {
  const rounds = [single(10), multi(100), single(20), multi(1), single(30), multi(2)];
  assert.equal(resultOf(more, rounds).subjects.libfuse, 20);
  assert.equal(resultOf(less, rounds).subjects.libfuse, 2);
});

test('resultOf() gives null for a subject that was not measured or could not do the work', () => {
  const { subjects } = resultOf(more, [single(Number.NaN), { subject: 'bare', label: 'bare', value: 7 }]);
  assert.deepEqual(subjects, { bare: 7, libfuse: null, idle: null, armed: null });
});

test('ratio() is above one for the better subject, whichever way the work counts', () => {
  const subjects = { bare: 10, libfuse: 20, idle: null, armed: null };
  assert.equal(ratio(more, { work: 'w', unit: 'op/s', subjects }, ['bare', 'libfuse']), 0.5);
  assert.equal(ratio(less, { work: 'w', unit: 'us', subjects }, ['bare', 'libfuse']), 2);
  assert.equal(ratio(less, { work: 'w', unit: 'us', subjects }, ['idle', 'libfuse']), null);
});
