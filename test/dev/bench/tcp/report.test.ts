import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain } from '../../../../cli/terminal/ink.js';
import { type Subject, subjects } from '../../../../dev/bench/tcp/place.js';
import { report } from '../../../../dev/bench/tcp/report.js';
import { works } from '../../../../dev/bench/tcp/works.js';
import { figuresOf } from '../../../../dev/bench/work.js';

const figures = works.flatMap(figuresOf);

const rowOf = (name: string, measured: Partial<Record<Subject, number>>) => {
  const figure = figures.find((one) => one.name === name)!;
  const nobody = Object.fromEntries(subjects.map((subject) => [subject, null]));
  return { figure, result: { work: name, unit: figure.unit, subjects: { ...nobody, ...measured } } };
};

test('the report shows what was measured, how it compares with HAProxy, and whether the goals are met', () => {
  const rows = [
    rowOf('bulk', { direct: 23.5, haproxy: 10, toxiproxy: 6, forward: 18, transparent: 12, armed: 17.28 }),
    rowOf('redis-1-p99', { direct: 0.05, haproxy: 0.1, forward: 0.08, transparent: 0.08, armed: 0.16 }),
    rowOf('latency-20', { direct: 0.071, forward: 20.9, transparent: 21.4 }),
  ];
  assert.deepEqual(report(rows, plain).split('\n'), [
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

test('every figure has a name of its own', () => {
  assert.equal(new Set(figures.map(({ name }) => name)).size, figures.length);
});
