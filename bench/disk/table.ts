/** The results as a person reads them: numbers, ratios, and the goals beside them. */
import type { Subject } from './place.js';
import { type Result, ratio } from './result.js';
import type { Goal, Work } from './work.js';

export interface Row {
  readonly work: Work;
  readonly result: Result;
}

const head = [
  '',
  'unit',
  'bare',
  'libfuse',
  'ours',
  'ours, 10 armed',
  'x bare',
  'x libfuse',
  'armed',
  'goal',
];

export function table(rows: readonly Row[]): string {
  const lines = [head, ...rows.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const aligned = lines.map((line) =>
    line.map((cell, column) =>
      leftAligned(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    ),
  );
  return aligned.map((line) => line.join('  ').trimEnd()).join('\n');
}

const leftAligned = (column: number): boolean => column < 2 || column === head.length - 1;

function cells({ work, result }: Row): readonly string[] {
  const { bare, libfuse, idle, armed } = result.subjects;
  const ratios: readonly (readonly [Subject, Subject])[] = [
    ['idle', 'bare'],
    ['idle', 'libfuse'],
    ['armed', 'idle'],
  ];
  return [
    work.title,
    work.unit,
    ...[bare, libfuse, idle, armed].map(amount),
    ...ratios.map((pair) => times(ratio(work, result, pair))),
    work.goals.map((goal) => judged(work, result, goal)).join('; '),
  ];
}

function judged(work: Work, result: Result, goal: Goal): string {
  const met = isMet(work, result, goal);
  const told =
    goal.kind === 'below' ? `< ${goal.bound} ${work.unit}` : `>= ${goal.atLeast} x ${goal.against}`;
  return `${told}: ${met === null ? 'not measured' : met ? 'met' : 'NOT MET'}`;
}

/** Null when one side was not measured. */
export function isMet(work: Work, result: Result, goal: Goal): boolean | null {
  if (goal.kind === 'below') return result.subjects.idle === null ? null : result.subjects.idle < goal.bound;
  const reached = ratio(work, result, ['idle', goal.against]);
  return reached === null ? null : reached >= goal.atLeast;
}

/** What ten armed faults that match nothing cost: the geometric mean over the works, as a share of idle. */
export function armedCost(rows: readonly Row[]): number | null {
  const ratios = rows
    .filter(({ work }) => work.unit !== 'MB')
    .map(({ work, result }) => ratio(work, result, ['armed', 'idle']))
    .filter((value) => value !== null);
  if (ratios.length === 0) return null;
  return 1 - Math.exp(ratios.reduce((sum, value) => sum + Math.log(value), 0) / ratios.length);
}

const amount = (value: number | null): string =>
  value === null ? '-' : value.toLocaleString('en-US', { maximumFractionDigits: value < 1000 ? 1 : 0 });

const times = (value: number | null): string => (value === null ? '-' : value.toFixed(2));
