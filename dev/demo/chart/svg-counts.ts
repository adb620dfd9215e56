/** The middle panel: how many transactions a second were acknowledged, and how many were not. */
import type { Bucket } from './buckets.js';
import type { Chart } from './chart.js';
import { roundUp } from './round-scale.js';
import { coloured, line, rect, text } from './svg.js';
import { countPanel, ink, left, right, xOf } from './svg-layout.js';

export function countPanelOf(chart: Chart, columns: readonly Bucket[]): string {
  const perSecond = (columns.length / chart.durationMs) * 1000;
  const most = roundUp(
    Math.max(1, ...columns.map(({ acknowledged, failed }) => (acknowledged + failed) * perSecond)),
  );
  const scaled = (count: number): number =>
    ((count * perSecond) / most) * (countPanel.bottom - countPanel.top);
  return [
    coloured(
      [left, countPanel.top - 22],
      [
        { words: 'Transactions a second, ' },
        { words: 'acknowledged', colour: ink.goodText },
        { words: ' and ' },
        { words: 'not', colour: ink.bad },
      ],
    ),
    ...[0, most / 2, most].map((value) => gridLine(value, most)),
    ...columns.map((column) => bars(chart, column, { scaled, count: columns.length })),
  ].join('\n');
}

interface Bars {
  readonly scaled: (count: number) => number;
  readonly count: number;
}

/** The failed ones stand on the acknowledged ones, and are never too few to be seen. */
function bars(chart: Chart, { fromMs, acknowledged, failed }: Bucket, { scaled, count }: Bars): string {
  const x = xOf(chart, fromMs);
  const width = (right - left) / count + 0.1;
  const good = scaled(acknowledged);
  const bad = failed > 0 ? Math.max(2, scaled(failed)) : 0;
  return [
    good > 0 ? rect({ x, y: countPanel.bottom - good, width, height: good }, `fill="${ink.good}"`) : '',
    bad > 0 ? rect({ x, y: countPanel.bottom - good - bad, width, height: bad }, `fill="${ink.bad}"`) : '',
  ].join('');
}

function gridLine(value: number, most: number): string {
  const y = countPanel.bottom - (value / most) * (countPanel.bottom - countPanel.top);
  return [
    line([left, y], [right, y], `stroke="${ink.grid}"`),
    text([left - 10, y + 4], value.toLocaleString('en-US'), 'text-anchor="end"'),
  ].join('\n');
}
