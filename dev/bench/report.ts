/** The results as a person reads them: numbers, ratios, and the goals beside them. */
import type { Ink } from '../../cli/terminal/ink.js';
import { type Column, tableLines } from '../../cli/terminal/table.js';
import { assertNever } from '../../core/assert-never.js';
import type { Goal, Metric } from './benchmark.js';
import { type Measurement, type Pair, type Result, ratio, roundRatios } from './results.js';

export interface Row {
  readonly metric: Metric;
  readonly result: Result;
  /** What the result was made of, in the order it was measured. */
  readonly measurements?: readonly Measurement[];
  /** Not the first metric of its benchmark: what the same work tells beside that. */
  readonly isBeside?: boolean;
}

export interface Layout {
  readonly tables: readonly (readonly Column<Row>[])[];
  /** With ten faults armed that match nothing, and without: what they cost is told. */
  readonly armed?: Pair;
}

export function report({ tables, armed }: Layout, rows: readonly Row[], ink: Ink): string {
  const printed = tables.map((columns) =>
    tableLines(columns, rows, { ink, width: Number.POSITIVE_INFINITY }).join('\n'),
  );
  return `${printed.join('\n\n')}\n${armed ? costLine(costOf(rows, armed)) : ''}`;
}

/** A number as tables show it: three digits of it, or all before the point; a dash for none. */
export function amount(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '-';
  return value.toLocaleString('en-US', precision(Math.abs(value)));
}

function precision(size: number): Intl.NumberFormatOptions {
  if (size >= 1000) return { maximumFractionDigits: 0 };
  return size >= 10 ? { maximumFractionDigits: 1 } : { maximumSignificantDigits: 3 };
}

export const titleColumn: Column<Row> = { title: '', text: ({ metric }) => metric.title };

export const unitColumn: Column<Row> = { title: 'unit', text: ({ metric }) => metric.unit };

export const valueColumn = (title: string, target: string): Column<Row> => ({
  title,
  align: 'right',
  text: ({ result }) => amount(result.targets[target] ?? null),
});

export const ratioColumn = (title: string, pair: Pair): Column<Row> => ({
  title,
  align: 'right',
  text: ({ metric, result }) =>
    (metric.compared === false ? null : ratio(metric, result, pair))?.toFixed(2) ?? '-',
});

/** From the least to the greatest ratio within one round. */
export const spreadColumn = (title: string, pair: Pair): Column<Row> => ({
  title,
  text: ({ metric, measurements = [] }) => {
    const ratios = metric.compared === false ? [] : roundRatios(metric, measurements, pair);
    if (ratios.length === 0) return '-';
    return `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  },
});

export const goalColumn: Column<Row> = {
  title: 'goal',
  text: (row) =>
    goalsOf(row)
      .map((goal) => judged(row, goal))
      .join('; '),
  paint: (row, ink) => (goalsOf(row).every((goal) => isMet(row, goal)) ? ink.green : ink.yellow),
};

const goalsOf = ({ metric }: Row): readonly Goal[] => metric.goals ?? [];

/** Null when one side was not measured, and nobody missed it. */
export function isMet(row: Row, goal: Goal): boolean | null {
  const reached = goal.of.map((target) => reaches(row, goal, target));
  if (reached.includes(false)) return false;
  return reached.includes(null) ? null : true;
}

/** What faults that match nothing cost: the geometric mean over the benchmarks that are compared, as a share of `unarmed`. */
export function costOf(rows: readonly Row[], pair: Pair): number | null {
  const ratios = rows
    .filter(({ metric, isBeside }) => metric.compared !== false && !isBeside)
    .map(({ metric, result }) => ratio(metric, result, pair))
    .filter((value) => value !== null);
  if (ratios.length === 0) return null;
  return 1 - Math.exp(ratios.reduce((sum, value) => sum + Math.log(value), 0) / ratios.length);
}

/** What ten unmatched faults may cost. */
const costBound = 0.05;

function costLine(cost: number | null): string {
  if (cost === null) return '';
  const reached = cost < costBound ? 'met' : 'NOT MET';
  return `\n10 unmatched faults cost ${(cost * 100).toFixed(1)}% on average; goal < 5%: ${reached}\n`;
}

function judged(row: Row, goal: Goal): string {
  const met = isMet(row, goal);
  if (met !== false) return `${told(row.metric, goal)}: ${met ? 'met' : 'not measured'}`;
  const missing = goal.of.filter((target) => reaches(row, goal, target) === false);
  const which = goal.of.length === 1 ? '' : ` by ${missing.join(', ')}`;
  return `${told(row.metric, goal)}: NOT MET${which}`;
}

function told({ unit }: Metric, goal: Goal): string {
  switch (goal.kind) {
    case 'ratio':
      return `>= ${goal.atLeast} x ${goal.against}`;
    case 'above':
      return `> ${goal.bound} ${unit}`;
    case 'below':
      return `< ${goal.bound} ${unit}`;
    case 'near':
      return `${goal.value} +- ${goal.tolerance} ${unit}${goal.base ? ` above ${goal.base}` : ''}`;
    default:
      return assertNever(goal);
  }
}

function reaches({ metric, result }: Row, goal: Goal, target: string): boolean | null {
  const own = goal.kind === 'ratio' ? ratio(metric, result, [target, goal.against]) : result.targets[target];
  if (own === null || own === undefined) return null;
  switch (goal.kind) {
    case 'ratio':
      return own >= goal.atLeast;
    case 'above':
      return own > goal.bound;
    case 'below':
      return own < goal.bound;
    case 'near': {
      const base = goal.base === undefined ? 0 : (result.targets[goal.base] ?? null);
      return base === null ? null : Math.abs(own - base - goal.value) <= goal.tolerance;
    }
    default:
      return assertNever(goal);
  }
}
