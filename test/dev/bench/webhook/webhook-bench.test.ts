import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coresOf } from '../../../../dev/bench/webhook/cores.js';
import { annotatedReviewOf, largePod, reviewOf, usualPod } from '../../../../dev/bench/webhook/pods.js';
import { works } from '../../../../dev/bench/webhook/works.js';
import { figuresOf } from '../../../../dev/bench/work.js';

test('the cores that a process may run on are read from ranges and single numbers', () => {
  assert.deepEqual(coresOf('Name:\tnode\nCpus_allowed_list:\t0-2,5\nMems_allowed_list:\t0\n'), [0, 1, 2, 5]);
  assert.deepEqual(coresOf('Cpus_allowed_list:\t3\n'), [3]);
  assert.deepEqual(coresOf(''), []);
});

test('every figure has a name of its own', () => {
  const names = works.flatMap(figuresOf).map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

test('reviews weigh what the bench says they do', () => {
  const kibibytes = (review: Buffer): number => review.length / 1024;
  assert.ok(Math.abs(kibibytes(reviewOf(usualPod)) - 12) < 1, String(kibibytes(reviewOf(usualPod))));
  assert.ok(Math.abs(kibibytes(reviewOf(largePod)) - 300) < 10, String(kibibytes(reviewOf(largePod))));
  assert.ok(Math.abs(kibibytes(annotatedReviewOf(usualPod)) - 24) < 3);
});
