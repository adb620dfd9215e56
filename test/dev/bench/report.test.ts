import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain } from '../../../cli/terminal/ink.js';
import { type Goal, type Metric, metricsOf } from '../../../dev/bench/benchmark.js';
import { diskBench } from '../../../dev/bench/disk/disk-bench.js';
import {
  amount,
  costOf,
  goalColumn,
  isMet,
  type Row,
  report,
  spreadColumn,
} from '../../../dev/bench/report.js';
import { tcpBench } from '../../../dev/bench/tcp/tcp-bench.js';

const metric: Metric = { name: 'w', title: 'W', unit: 'ms', better: 'more' };
const row = (targets: Record<string, number | null>, own: Partial<Metric> = {}) => ({
  metric: { ...metric, ...own },
  result: { metric: 'w', unit: 'ms', targets: { direct: null, theirs: null, ours: null, ...targets } },
});
const faster: Goal = { kind: 'ratio', of: ['ours'], against: 'theirs', atLeast: 1.3 };
const small: Goal = { kind: 'below', of: ['ours'], bound: 50 };
const large: Goal = { kind: 'above', of: ['ours'], bound: 3000 };
const exact: Goal = { kind: 'near', of: ['ours'], value: 20, tolerance: 1.2, base: 'direct' };

const rules: readonly (readonly [string, Row, Goal, boolean | null])[] = [
  ['a ratio is met at its bound', row({ ours: 13, theirs: 10 }), faster, true],
  ['a ratio is missed below it', row({ ours: 12, theirs: 10 }), faster, false],
  ['a ratio is neither met nor missed when one side was not measured', row({ ours: 12 }), faster, null],
  ['nor when the other side is nothing', row({ ours: 12, theirs: 0 }), faster, null],
  ['a bound is missed where it is reached', row({ ours: 50 }), small, false],
  ['a bound is met below it', row({ ours: 49 }), small, true],
  ['a rate is missed where it is just reached', row({ ours: 3000 }), large, false],
  ['a rate is met above it', row({ ours: 3001 }), large, true],
  ['what was not measured has not risen above', row({}), large, null],
  ['what was not measured has not stayed below', row({}), small, null],
  ['a value counts from the other target', row({ ours: 21, direct: 0.1 }), exact, true],
  ['a value is missed on either side', row({ ours: 18, direct: 0.1 }), exact, false],
  ['a value needs what it counts from', row({ ours: 20 }), exact, null],
];

for (const [sentence, measured, goal, verdict] of rules) {
  test(sentence, () => assert.equal(isMet(measured, goal), verdict));
}

test('a goal of several is missed by one, and open while one was not measured', () => {
  const both: Goal = { ...small, of: ['ours', 'armed'] };
  assert.equal(isMet(row({ ours: 1, armed: 90 }), both), false);
  assert.equal(isMet(row({ ours: null, armed: 90 }), both), false);
  assert.equal(isMet(row({ ours: 1 }), both), null);
  assert.equal(isMet(row({ ours: 1, armed: 2 }), both), true);
});

test('the goal column says what was due and, of several, who missed it', () => {
  const both: Goal = { ...small, of: ['ours', 'armed'] };
  const told = (...goals: readonly Goal[]): string =>
    goalColumn.text(row({ ours: 21, armed: 90, direct: 0.1 }, { goals }));
  assert.equal(told(faster, small), '>= 1.3 x theirs: not measured; < 50 ms: met');
  assert.equal(told(both), '< 50 ms: NOT MET by armed');
  assert.equal(told(exact), '20 +- 1.2 ms above direct: met');
  assert.equal(told(large), '> 3000 ms: NOT MET');
  assert.equal(told(), '');
});

test('the spread is the least and the greatest ratio of one round, of rounds that measured both', () => {
  const measured = (target: string, ...values: readonly number[]) =>
    values.map((value) => ({ metric: 'w', target, label: target, value }));
  const spread = (better: 'more' | 'less', ours: readonly number[]): string =>
    spreadColumn('', ['ours', 'theirs']).text({
      ...row({}, { better }),
      measurements: [...measured('theirs', 10, 20, 40), ...measured('ours', ...ours)],
    });
  assert.equal(spread('more', [20, 20, 60]), '1.00 to 2.00');
  assert.equal(spread('less', [20, 10, Number.NaN]), '0.50 to 2.00');
  assert.equal(spread('more', []), '-');
});

test('costOf() is the geometric mean over the metrics, without those that are not compared, or beside another', () => {
  const rows = [
    row({ ours: 100, armed: 50 }),
    row({ ours: 100, armed: 200 }),
    row({ ours: 60, armed: 600 }, { compared: false }),
    { ...row({ ours: 60, armed: 600 }), isBeside: true },
  ];
  assert.ok(Math.abs(costOf(rows, ['armed', 'ours']) ?? 1) < 1e-9);
  assert.equal(costOf([], ['armed', 'ours']), null);
});

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

/** Rows as the bench makes them, of what was measured of each metric. */
const rowsOf = (
  { benchmarks }: { readonly benchmarks: readonly Metric[] },
  measured: Readonly<Record<string, Record<string, number>>>,
): readonly Row[] =>
  benchmarks.flatMap((benchmark) =>
    metricsOf(benchmark).flatMap((metric, index) => {
      const targets = measured[metric.name];
      const result = { metric: metric.name, unit: metric.unit, targets: targets ?? {} };
      return targets ? [{ metric, result, isBeside: index > 0 }] : [];
    }),
  );

test("the disk's report shows the ratios and whether the goals are met", () => {
  const rows = rowsOf(diskBench, {
    'random-read-4k-1job': { bare: 40_000, libfuse: 80_000, idle: 72_000, armed: 69_120 },
    'memory-holder-after': { idle: 61.24, armed: 61.24 },
  });
  assert.deepEqual(report(diskBench, rows, plain).split('\n'), [
    '                                       unit    bare  libfuse    ours  10 armed  ours/bare  ours/libfuse  armed/ours  goal',
    '4 KiB random read, 1 job               op/s  40,000   80,000  72,000    69,120       1.80          0.90        0.96  >= 0.8 x libfuse: met',
    "holder's memory, after the benchmarks  MB         -        -    61.2      61.2          -             -           -  < 50 MB: NOT MET",
    '',
    '10 unmatched faults cost 4.0% on average; goal < 5%: met',
    '',
  ]);
});

test("TCP's report shows what was measured, how it compares with HAProxy, and whether the goals are met", () => {
  const rows = rowsOf(tcpBench, {
    bulk: { direct: 23.5, haproxy: 10, toxiproxy: 6, forward: 18, transparent: 12, armed: 17.28 },
    'redis-1-p99': { direct: 0.05, haproxy: 0.1, forward: 0.08, transparent: 0.08, armed: 0.16 },
    'latency-20': { direct: 0.071, forward: 20.9, transparent: 21.4 },
  });
  assert.deepEqual(report(tcpBench, rows, plain).split('\n'), [
    '                               direct  haproxy  haproxy-splice  toxiproxy  forward  transparent  10 armed  unit',
    'bulk, one stream                 23.5       10               -          6       18           12      17.3  Gbit/s',
    'Redis GET, 1 client: p99         0.05      0.1               -          -     0.08         0.08      0.16  ms',
    'round trip under latency 20ms   0.071        -               -          -     20.9         21.4         -  ms',
    '',
    'times as good as haproxy       direct  haproxy-splice  toxiproxy  forward  transparent  10 armed  goal',
    'bulk, one stream                 2.35               -       0.60     1.80         1.20      1.73  >= 1.3 x haproxy: NOT MET by transparent; >= 1.3 x toxiproxy: met',
    'Redis GET, 1 client: p99         2.00               -          -     1.25         1.25      0.63',
    'round trip under latency 20ms       -               -          -        -            -         -  20 +- 1.2 ms above direct: NOT MET by transparent',
    '',
    '10 unmatched faults cost 4.0% on average; goal < 5%: met',
    '',
  ]);
});
