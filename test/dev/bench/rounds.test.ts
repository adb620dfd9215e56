import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HavocError } from '../../../core/havoc-error.js';
import { measureRounds, rotated } from '../../../dev/bench/rounds.js';
import type { Context, Work } from '../../../dev/bench/work.js';

const contexts = ['a', 'b', 'c'].map(
  (subject): Context => ({ place: { subject, label: subject }, signal: new AbortController().signal }),
);
const work: Work<Context> = {
  name: 'speed',
  title: 'Speed',
  unit: 'op/s',
  better: 'more',
  goals: [],
  measure: async () => 1,
};
const rounds = { contexts, rounds: 1, progress: () => undefined };

test('each round begins with another place, and every place has its turn', () => {
  assert.deepEqual(rotated(['a', 'b', 'c'], 1), ['b', 'c', 'a']);
  assert.deepEqual(rotated(['a', 'b', 'c'], 3), ['a', 'b', 'c']);
  assert.deepEqual(rotated([], 2), []);
});

test('a place that cannot do a work has no measure of it, and the others have theirs', async () => {
  const told: string[] = [];
  const measure = async ({ place }: Context): Promise<number> => {
    if (place.subject === 'b') throw new HavocError('bench.failed', 'fio failed');
    return 7;
  };
  const measurements = await measureRounds(
    { ...work, measure },
    { ...rounds, progress: (line) => told.push(line) },
  );
  assert.deepEqual(
    measurements.map(({ value }) => value),
    [7, Number.NaN, 7],
  );
  assert.deepEqual(told, [
    'Speed: round 1, a: 7 op/s',
    'bench.failed: fio failed',
    'Speed: round 1, b: - op/s',
    'Speed: round 1, c: 7 op/s',
  ]);
});

test('a work that is done once is done in one round', async () => {
  assert.equal((await measureRounds({ ...work, once: true }, { ...rounds, rounds: 3 })).length, 3);
  assert.equal((await measureRounds(work, { ...rounds, rounds: 3 })).length, 9);
});

test('an error of our own ends the rounds', async () => {
  const measure = async (): Promise<number> => {
    throw new TypeError('ours');
  };
  await assert.rejects(measureRounds({ ...work, measure }, rounds), TypeError);
});

test('a work that tells more has a measurement of each figure, and asks only whom it names', async () => {
  const latency = { ...work, name: 'latency' };
  const measurements = await measureRounds(
    { ...work, also: [latency], subjects: ['b'], measure: async () => [1, 2] },
    rounds,
  );
  assert.deepEqual(measurements, [
    { figure: 'speed', subject: 'b', label: 'b', value: 1 },
    { figure: 'latency', subject: 'b', label: 'b', value: 2 },
  ]);
});
