import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from '../../../bench/disk/result.js';
import { armedCost, isMet, table } from '../../../bench/disk/table.js';
import type { Work } from '../../../bench/disk/work.js';
import { plain } from '../../../cli/terminal/ink.js';

const work: Work = {
  name: 'random-read',
  title: '4 KiB random read',
  unit: 'op/s',
  better: 'more',
  goals: [{ kind: 'ratio', against: 'libfuse', atLeast: 0.8 }],
  measure: async () => 0,
};
const memory: Work = {
  ...work,
  title: 'memory',
  unit: 'MB',
  better: 'less',
  goals: [{ kind: 'below', bound: 50 }],
};

const result = (
  bare: number | null,
  libfuse: number | null,
  idle: number | null,
  armed: number | null,
): Result => ({
  work: 'random-read',
  unit: 'op/s',
  subjects: { bare, libfuse, idle, armed },
});

test('table() shows the ratios and whether the goal is met', () => {
  const lines = table(
    [
      { work, result: result(40_000, 80_000, 72_000, 68_400) },
      { work: memory, result: result(null, null, 61.24, 61.24) },
    ],
    plain,
  ).split('\n');
  assert.deepEqual(lines, [
    '                   unit    bare  libfuse    ours  10 armed  ours/bare  ours/libfuse  armed/ours  goal',
    '4 KiB random read  op/s  40,000   80,000  72,000    68,400       1.80          0.90        0.95  >= 0.8 x libfuse: met',
    'memory             MB         -        -    61.2      61.2          -             -           -  < 50 MB: NOT MET',
  ]);
});

test('a goal is neither met nor missed when one side was not measured', () => {
  assert.equal(isMet(work, result(1, null, 5, 5), work.goals[0]!), null);
  assert.equal(isMet(work, result(1, 0, 5, 5), work.goals[0]!), null);
  assert.equal(isMet(memory, result(null, null, null, null), memory.goals[0]!), null);
});

test('armedCost() is the geometric mean over the works, memory left out', () => {
  const rows = [
    { work, result: result(1, 1, 100, 50) },
    { work, result: result(1, 1, 100, 200) },
    { work: memory, result: result(null, null, 60, 600) },
  ];
  assert.ok(Math.abs(armedCost(rows) ?? 1) < 1e-9);
  assert.equal(armedCost([]), null);
});
