/** The lowest panel: how much the replica has not replayed yet. */
import type { Chart } from './chart.js';
import { lagColumns } from './lag-columns.js';
import { roundBytes } from './round-scale.js';
import { coloured, line, type Point, path, text, through } from './svg.js';
import { ink, lagPanel, left, right, xOf } from './svg-layout.js';

export function lagPanelOf(chart: Chart, count: number): string {
  const columns = lagColumns(chart.lag, { durationMs: chart.durationMs, count });
  const most = roundBytes(columns);
  const yOf = (bytes: number): number => lagPanel.bottom - (bytes / most) * (lagPanel.bottom - lagPanel.top);
  const runs = unbroken(columns).map((run) =>
    run.map(
      ({ column, bytes }): Point => [xOf(chart, ((column + 0.5) / count) * chart.durationMs), yOf(bytes)],
    ),
  );
  return [
    coloured(
      [left, lagPanel.top - 22],
      [{ words: 'The replica, ' }, { words: 'megabytes behind', colour: ink.lagText }],
    ),
    ...[0, most / 2, most].map((bytes) => gridLine(yOf(bytes), bytes)),
    ...runs.map((run) => path(`${through(grounded(run))}Z`, `fill="${ink.lag}" fill-opacity="0.45"`)),
    ...runs.map((run) => path(through(run), stroke)),
  ].join('\n');
}

const stroke = `fill="none" stroke="${ink.lagText}" stroke-width="2" stroke-linejoin="round"`;

interface Known {
  readonly column: number;
  readonly bytes: number;
}

/** Nothing is drawn across a time of which nothing is known. */
function unbroken(columns: readonly (number | null)[]): readonly (readonly Known[])[] {
  const runs: Known[][] = [[]];
  for (const [column, bytes] of columns.entries()) {
    if (bytes === null) runs.push([]);
    else runs.at(-1)?.push({ column, bytes });
  }
  return runs.filter((run) => run.length > 0);
}

/** From the axis up and back down to it. */
function grounded(run: readonly Point[]): readonly Point[] {
  const [first, last] = [run[0], run.at(-1)];
  return first && last ? [[first[0], lagPanel.bottom], ...run, [last[0], lagPanel.bottom]] : [];
}

const gridLine = (y: number, bytes: number): string =>
  [
    line([left, y], [right, y], `stroke="${ink.grid}"`),
    text([left - 10, y + 4], String(bytes / 1e6), 'text-anchor="end"'),
  ].join('\n');
