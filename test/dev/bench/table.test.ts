import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf, goalColumn, isMet, type Row, spreadColumn } from '../../../dev/bench/table.js';
import type { Figure, Goal } from '../../../dev/bench/work.js';

type Subject = 'direct' | 'theirs' | 'ours' | 'armed';

const figure: Figure<Subject> = { name: 'w', title: 'W', unit: 'ms', better: 'more', goals: [] };
const row = (subjects: Partial<Record<Subject, number | null>>, own: Partial<Figure<Subject>> = {}) => ({
  figure: { ...figure, ...own },
  result: { work: 'w', unit: 'ms', subjects: { direct: null, theirs: null, ours: null, ...subjects } },
});
const faster: Goal<Subject> = { kind: 'ratio', of: ['ours'], against: 'theirs', atLeast: 1.3 };
const small: Goal<Subject> = { kind: 'below', of: ['ours'], bound: 50 };
const large: Goal<Subject> = { kind: 'above', of: ['ours'], bound: 3000 };
const exact: Goal<Subject> = { kind: 'near', of: ['ours'], target: 20, tolerance: 1.2, above: 'direct' };

const rules: readonly (readonly [string, Row<Subject>, Goal<Subject>, boolean | null])[] = [
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
  ['a target counts from the other subject', row({ ours: 21, direct: 0.1 }), exact, true],
  ['a target is missed on either side', row({ ours: 18, direct: 0.1 }), exact, false],
  ['a target needs what it counts from', row({ ours: 20 }), exact, null],
];

for (const [sentence, measured, goal, verdict] of rules) {
  test(sentence, () => assert.equal(isMet(measured, goal), verdict));
}

test('a goal of several is missed by one, and open while one was not measured', () => {
  const both: Goal<Subject> = { ...small, of: ['ours', 'armed'] };
  assert.equal(isMet(row({ ours: 1, armed: 90 }), both), false);
  assert.equal(isMet(row({ ours: null, armed: 90 }), both), false);
  assert.equal(isMet(row({ ours: 1 }), both), null);
  assert.equal(isMet(row({ ours: 1, armed: 2 }), both), true);
});

test('the goal column says what was due and, of several, who missed it', () => {
  const both: Goal<Subject> = { ...small, of: ['ours', 'armed'] };
  const told = (...goals: readonly Goal<Subject>[]): string =>
    goalColumn<Subject>().text(row({ ours: 21, armed: 90, direct: 0.1 }, { goals }));
  assert.equal(told(faster, small), '>= 1.3 x theirs: not measured; < 50 ms: met');
  assert.equal(told(both), '< 50 ms: NOT MET by armed');
  assert.equal(told(exact), '20 +- 1.2 ms above direct: met');
  assert.equal(told(large), '> 3000 ms: NOT MET');
  assert.equal(told(), '');
});

test('the spread is the least and the greatest ratio of one round, of rounds that measured both', () => {
  const measured = (subject: Subject, ...values: readonly number[]) =>
    values.map((value) => ({ figure: 'w', subject, label: subject, value }));
  const spread = (better: 'more' | 'less', ours: readonly number[]): string =>
    spreadColumn<Subject>('', ['ours', 'theirs']).text({
      ...row({}, { better }),
      measurements: [...measured('theirs', 10, 20, 40), ...measured('ours', ...ours)],
    });
  assert.equal(spread('more', [20, 20, 60]), '1.00 to 2.00');
  assert.equal(spread('less', [20, 10, Number.NaN]), '0.50 to 2.00');
  assert.equal(spread('more', []), '-');
});

test('costOf() is the geometric mean over the figures, without those that are not compared', () => {
  const rows = [
    row({ ours: 100, armed: 50 }),
    row({ ours: 100, armed: 200 }),
    row({ ours: 60, armed: 600 }, { compared: false }),
  ];
  assert.ok(Math.abs(costOf(rows, ['armed', 'ours']) ?? 1) < 1e-9);
  assert.equal(costOf([], ['armed', 'ours']), null);
});
