import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HavocError } from '../../../core/havoc-error.js';
import type { Context as AnyContext, Benchmark, Target } from '../../../dev/bench/benchmark.js';
import { measureRounds, rotated } from '../../../dev/bench/rounds.js';

type Context = AnyContext<Target, object>;

const contexts = ['a', 'b', 'c'].map(
  (name): Context => ({ target: { name, label: name }, size: {}, signal: new AbortController().signal }),
);
const benchmark: Benchmark<Target, object> = {
  name: 'speed',
  title: 'Speed',
  unit: 'op/s',
  better: 'more',
  measure: async () => 1,
};
const rounds = { contexts, rounds: 1, warmUp: false, progress: () => undefined };

test('each round begins with another target, and every target has its turn', () => {
  assert.deepEqual(rotated(['a', 'b', 'c'], 1), ['b', 'c', 'a']);
  assert.deepEqual(rotated(['a', 'b', 'c'], 3), ['a', 'b', 'c']);
  assert.deepEqual(rotated([], 2), []);
});

test('a target that cannot do a benchmark has no measure of it, and the others have theirs', async () => {
  const told: string[] = [];
  const measure = async ({ target }: Context): Promise<number> => {
    if (target.name === 'b') throw new HavocError('bench.failed', 'fio failed');
    return 7;
  };
  const measurements = await measureRounds(
    { ...benchmark, measure },
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

test('a benchmark that is done once is done in one round', async () => {
  assert.equal((await measureRounds({ ...benchmark, once: true }, { ...rounds, rounds: 3 })).length, 3);
  assert.equal((await measureRounds(benchmark, { ...rounds, rounds: 3 })).length, 9);
});

test('an error of our own ends the rounds', async () => {
  const measure = async (): Promise<number> => {
    throw new TypeError('ours');
  };
  await assert.rejects(measureRounds({ ...benchmark, measure }, rounds), TypeError);
});

test('a benchmark that tells more has a measurement of each metric, and asks only the targets it names', async () => {
  const latency = { ...benchmark, name: 'latency' };
  const measurements = await measureRounds(
    { ...benchmark, also: [latency], targets: ['b'], measure: async () => [1, 2] },
    rounds,
  );
  assert.deepEqual(measurements, [
    { metric: 'speed', target: 'b', label: 'b', value: 1 },
    { metric: 'latency', target: 'b', label: 'b', value: 2 },
  ]);
});

test('what warms up is measured once more, first, and not counted; never what is done once', async () => {
  let asked = 0;
  const measure = async (): Promise<number> => {
    asked += 1;
    return asked;
  };
  const counted = async (once: { readonly once?: true }) =>
    (await measureRounds({ ...benchmark, ...once, measure }, { ...rounds, warmUp: true })).map(
      ({ value }) => value,
    );
  assert.deepEqual(await counted({}), [4, 5, 6]);
  assert.deepEqual(await counted({ once: true }), [7, 8, 9]);
});
