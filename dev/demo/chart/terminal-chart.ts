/**
 * The chart as text: the median as bars on a logarithmic axis, the slowest transaction as a dot above, a
 * cross under every column in which one failed, how far the replica is behind, and the faults below, each under its
 * own time.
 */
import type { Ink } from '../../../cli/terminal/ink.js';
import { type Bucket, buckets } from './buckets.js';
import type { Chart, Span } from './chart.js';
import { lagColumns } from './lag-columns.js';
import { duration, heightOf, type LogScale, logScaleFor, ticks } from './log-scale.js';
import { lagStrip } from './terminal-lag.js';

export interface TerminalChartOptions {
  readonly width: number;
  readonly ink: Ink;
}

const rows = 12;
const gutter = 8;
const eighths = ' ▁▂▃▄▅▆▇█';
const tickEverySeconds = 10;

export function terminalChart(chart: Chart, { width, ink }: TerminalChartOptions): string {
  const count = Math.max(20, width - gutter - 1);
  const columns = buckets(chart.transactions, { durationMs: chart.durationMs, count });
  const picture: Picture = { chart, columns, ink, scale: scaleOf(columns) };
  const plot = Array.from({ length: rows }, (_, row) => plotRow(picture, rows - 1 - row));
  return [
    ...plot,
    `${' '.repeat(gutter - 1)}└${axis(picture)}`,
    `${'failed'.padStart(gutter - 2)}  ${failures(picture)}`,
    ...lag(picture),
    `${' '.repeat(gutter)}${seconds(picture)}`,
    `${' '.repeat(gutter)}${names(picture)}`,
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

interface Picture {
  readonly chart: Chart;
  readonly columns: readonly Bucket[];
  readonly scale: LogScale;
  readonly ink: Ink;
}

const scaleOf = (columns: readonly Bucket[]): LogScale =>
  logScaleFor(columns.reduce((largest, { latency }) => Math.max(largest, latency?.maxMs ?? 0), 0));

function plotRow(picture: Picture, row: number): string {
  const cells = picture.columns.map((column) => cell(picture, column, row)).join('');
  return `${label(picture.scale, row)}${cells}`;
}

function cell({ chart, scale, ink }: Picture, { fromMs, latency }: Bucket, row: number): string {
  if (!latency) return ' ';
  const filled = Math.round(heightOf(scale, latency.p50Ms) * rows * 8);
  const part = Math.min(8, Math.max(row === 0 ? 1 : 0, filled - row * 8));
  if (part > 0) return (activeSpan(chart, fromMs) ? ink.yellow : ink.green)(eighths[part] ?? ' ');
  const dotRow = Math.min(rows - 1, Math.floor(heightOf(scale, latency.maxMs) * rows));
  return row === dotRow && latency.maxMs > latency.p50Ms ? ink.dim('·') : ' ';
}

function label(scale: LogScale, row: number): string {
  const tick = ticks(scale).find((ms) => Math.min(rows - 1, Math.round(heightOf(scale, ms) * rows)) === row);
  return (
    `${tick === undefined ? '' : duration(tick)}`.padStart(gutter - 2) + (tick === undefined ? ' │' : ' ┤')
  );
}

const axis = ({ columns }: Picture): string => '─'.repeat(columns.length);

const failures = ({ columns, ink }: Picture): string =>
  columns.map(({ failed }) => (failed > 0 ? ink.red('×') : ' ')).join('');

function lag({ chart, columns, ink }: Picture): readonly string[] {
  const behind = lagColumns(chart.lag, { durationMs: chart.durationMs, count: columns.length });
  return lagStrip(behind).map(({ label, cells }) => {
    const tick = label === '' ? ' │' : ' ┤';
    return `${label.padStart(gutter - 2)}${tick}${ink.cyan(cells.join(''))}`;
  });
}

function seconds(picture: Picture): string {
  const all = Math.floor(picture.chart.durationMs / 1000 / tickEverySeconds);
  const labels = Array.from({ length: all + 1 }, (_, tick) => tick * tickEverySeconds);
  return written(
    picture,
    labels.map((s) => ({ at: column(picture, s * 1000), text: `${s}s` })),
  );
}

/** In brackets, but for one that the next begins too soon after. */
function names(picture: Picture): string {
  const { spans } = picture.chart;
  const texts = spans.map((span, index) => {
    const at = column(picture, span.fromMs);
    const next = spans[index + 1];
    const room = next === undefined ? Number.POSITIVE_INFINITY : column(picture, next.fromMs) - at;
    const text = bracket(picture, span);
    return { at, text: text.length > room ? span.title : text };
  });
  return picture.ink.yellow(written(picture, texts));
}

/** `├─ full ─┤`, as wide as the fault was long where its name fits. */
function bracket(picture: Picture, { title, fromMs, toMs }: Span): string {
  const room = column(picture, toMs) - column(picture, fromMs) - 4;
  const spare = Math.max(0, room - title.length);
  const left = Math.floor(spare / 2);
  return `├${'─'.repeat(left)} ${title} ${'─'.repeat(spare - left)}┤`;
}

/** A text for which there is no room is left out. */
function written({ columns }: Picture, texts: readonly Placed[]): string {
  const fits = ({ at, text }: Placed, line: string): boolean =>
    at >= line.length && at + text.length <= columns.length + 1;
  return texts.reduce(
    (line, placed) => (fits(placed, line) ? line.padEnd(placed.at) + placed.text : line),
    '',
  );
}

interface Placed {
  readonly at: number;
  readonly text: string;
}

const column = ({ chart, columns }: Picture, ms: number): number =>
  Math.floor((ms / chart.durationMs) * columns.length);

const activeSpan = ({ spans }: Chart, ms: number): Span | undefined =>
  spans.find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
