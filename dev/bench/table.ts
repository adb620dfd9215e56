/** The results as a person reads them: numbers, ratios, and the goals beside them. */

import type { Ink } from '../../cli/terminal/ink.js';
import { type Column, tableLines } from '../../cli/terminal/table.js';
import { assertNever } from '../../core/assert-never.js';
import { amount } from './amount.js';
import { type Measurement, type Result, ratio, roundRatios } from './result.js';
import type { Figure, Goal } from './work.js';

export interface Row<Subject extends string> {
  readonly figure: Figure<Subject>;
  readonly result: Result;
  /** What the result was made of, in the order it was measured. */
  readonly measurements?: readonly Measurement<Subject>[];
}

export const tableOf = <Subject extends string>(
  columns: readonly Column<Row<Subject>>[],
  rows: readonly Row<Subject>[],
  ink: Ink,
): string => tableLines(columns, rows, { ink, width: Number.POSITIVE_INFINITY }).join('\n');

export const titleColumn: Column<Row<string>> = { title: '', text: ({ figure }) => figure.title };

export const unitColumn: Column<Row<string>> = { title: 'unit', text: ({ figure }) => figure.unit };

export function valueColumn<Subject extends string>(title: string, subject: Subject): Column<Row<Subject>> {
  return { title, align: 'right', text: ({ result }) => amount(result.subjects[subject] ?? null) };
}

export function ratioColumn<Subject extends string>(
  title: string,
  pair: readonly [Subject, Subject],
): Column<Row<Subject>> {
  return { title, align: 'right', text: (row) => times(row, pair) };
}

/** From the least to the greatest ratio within one round. */
export function spreadColumn<Subject extends string>(
  title: string,
  pair: readonly [Subject, Subject],
): Column<Row<Subject>> {
  return {
    title,
    text: ({ figure, measurements = [] }) => {
      const ratios = figure.compared === false ? [] : roundRatios(figure, measurements, pair);
      if (ratios.length === 0) return '-';
      return `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
    },
  };
}

export function goalColumn<Subject extends string>(): Column<Row<Subject>> {
  return {
    title: 'goal',
    text: (row) => row.figure.goals.map((goal) => judged(row, goal)).join('; '),
    paint: (row, ink) => (row.figure.goals.every((goal) => isMet(row, goal)) ? ink.green : ink.yellow),
  };
}

/** Null when one side was not measured, and nobody missed it. */
export function isMet<Subject extends string>(row: Row<Subject>, goal: Goal<Subject>): boolean | null {
  const verdicts = goal.of.map((subject) => reaches(row, goal, subject));
  if (verdicts.includes(false)) return false;
  return verdicts.includes(null) ? null : true;
}

/** What faults that match nothing cost: the geometric mean over the figures, as a share of `unarmed`. */
export function costOf<Subject extends string>(
  rows: readonly Row<Subject>[],
  pair: readonly [armed: Subject, unarmed: Subject],
): number | null {
  const ratios = rows
    .filter(({ figure }) => figure.compared !== false)
    .map(({ figure, result }) => ratio(figure, result, pair))
    .filter((value) => value !== null);
  if (ratios.length === 0) return null;
  return 1 - Math.exp(ratios.reduce((sum, value) => sum + Math.log(value), 0) / ratios.length);
}

/** What ten unmatched faults may cost. */
const costBound = 0.05;

export function costLine(cost: number | null): string {
  if (cost === null) return '';
  const verdict = cost < costBound ? 'met' : 'NOT MET';
  return `\n10 unmatched faults cost ${(cost * 100).toFixed(1)}% on average; goal < 5%: ${verdict}\n`;
}

function times<Subject extends string>(
  { figure, result }: Row<Subject>,
  pair: readonly [Subject, Subject],
): string {
  const value = figure.compared === false ? null : ratio(figure, result, pair);
  return value === null ? '-' : value.toFixed(2);
}

function judged<Subject extends string>(row: Row<Subject>, goal: Goal<Subject>): string {
  const met = isMet(row, goal);
  const verdict = met === null ? 'not measured' : met ? 'met' : `NOT MET${culprits(row, goal)}`;
  return `${told(row.figure, goal)}: ${verdict}`;
}

function told<Subject extends string>({ unit }: Figure<Subject>, goal: Goal<Subject>): string {
  switch (goal.kind) {
    case 'ratio':
      return `>= ${goal.atLeast} x ${goal.against}`;
    case 'above':
      return `> ${goal.bound} ${unit}`;
    case 'below':
      return `< ${goal.bound} ${unit}`;
    case 'near':
      return `${goal.target} +- ${goal.tolerance} ${unit}${goal.above ? ` above ${goal.above}` : ''}`;
    default:
      return assertNever(goal);
  }
}

/** Where a goal is set for several. */
function culprits<Subject extends string>(row: Row<Subject>, goal: Goal<Subject>): string {
  if (goal.of.length === 1) return '';
  return ` by ${goal.of.filter((subject) => reaches(row, goal, subject) === false).join(', ')}`;
}

function reaches<Subject extends string>(
  { figure, result }: Row<Subject>,
  goal: Goal<Subject>,
  subject: Subject,
): boolean | null {
  const own = result.subjects[subject] ?? null;
  switch (goal.kind) {
    case 'ratio': {
      const reached = ratio(figure, result, [subject, goal.against]);
      return reached === null ? null : reached >= goal.atLeast;
    }
    case 'above':
      return own === null ? null : own > goal.bound;
    case 'below':
      return own === null ? null : own < goal.bound;
    case 'near': {
      const base = goal.above === undefined ? 0 : (result.subjects[goal.above] ?? null);
      if (own === null || base === null) return null;
      return Math.abs(own - base - goal.target) <= goal.tolerance;
    }
    default:
      return assertNever(goal);
  }
}
