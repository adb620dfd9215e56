/** The results as a person reads them: numbers, ratios, and the goals beside them. */
import type { Ink } from '../../cli/terminal/ink.js';
import { type Column, tableLines } from '../../cli/terminal/table.js';
import type { Subject } from './place.js';
import { type Result, ratio } from './result.js';
import type { Goal, Work } from './work.js';

export interface Row {
  readonly work: Work;
  readonly result: Result;
}

const columns: readonly Column<Row>[] = [
  { title: '', text: ({ work }) => work.title },
  { title: 'unit', text: ({ work }) => work.unit },
  number('bare', ({ result }) => amount(result.subjects.bare)),
  number('libfuse', ({ result }) => amount(result.subjects.libfuse)),
  number('ours', ({ result }) => amount(result.subjects.idle)),
  number('10 armed', ({ result }) => amount(result.subjects.armed)),
  number('ours/bare', (row) => times(row, ['idle', 'bare'])),
  number('ours/libfuse', (row) => times(row, ['idle', 'libfuse'])),
  number('armed/ours', (row) => times(row, ['armed', 'idle'])),
  { title: 'goal', text: verdicts, paint: (row, ink) => (allMet(row) ? ink.green : ink.yellow) },
];

export const table = (rows: readonly Row[], ink: Ink): string =>
  tableLines(columns, rows, { ink, width: Number.POSITIVE_INFINITY }).join('\n');

function number(title: string, text: (row: Row) => string): Column<Row> {
  return { title, align: 'right', text };
}

function verdicts({ work, result }: Row): string {
  return work.goals.map((goal) => judged(work, result, goal)).join('; ');
}

const allMet = ({ work, result }: Row): boolean => work.goals.every((goal) => isMet(work, result, goal));

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

/** How much memory libfuse takes is told, not judged. */
function times({ work, result }: Row, pair: readonly [Subject, Subject]): string {
  const value = work.unit === 'MB' ? null : ratio(work, result, pair);
  return value === null ? '-' : value.toFixed(2);
}
