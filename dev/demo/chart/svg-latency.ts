/** The upper panel: the median as a line, up to the 95th percentile as an area, the slowest as dots. */
import type { Bucket } from './buckets.js';
import type { Chart } from './chart.js';
import { duration, type LogScale, ticks } from './log-scale.js';
import { coloured, line, type Point, path, text, through } from './svg.js';
import { ink, latencyPanel, left, right, xOf, yOf } from './svg-layout.js';

export function latencyPanelOf(chart: Chart, columns: readonly Bucket[], scale: LogScale): string {
  const halfMs = chart.durationMs / columns.length / 2;
  const runs = unbroken(columns).map((run) =>
    run.map(({ fromMs, latency }) => ({ x: xOf(chart, fromMs + halfMs), latency })),
  );
  return [
    coloured(
      [left, latencyPanel.top - 46],
      [
        { words: 'Latency of the transactions in flight: ' },
        { words: 'the median', colour: ink.line },
        { words: ', ' },
        { words: 'up to the 95th percentile', colour: ink.areaText },
        { words: ', ' },
        { words: 'the slowest', colour: ink.dot },
      ],
    ),
    ...ticks(scale).map((ms) => gridLine(scale, ms)),
    ...runs.map((run) => area(run, scale)),
    ...runs.flat().map(({ x, latency }) => dot([x, yOf(scale, latency.maxMs)])),
    ...runs.map((run) => path(through(run.map(({ x, latency }) => [x, yOf(scale, latency.p50Ms)])), stroke)),
  ].join('\n');
}

const stroke = `fill="none" stroke="${ink.line}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"`;

type Timed = Bucket & { readonly latency: NonNullable<Bucket['latency']> };

/** Nothing is drawn across a time in which nothing was in flight. */
function unbroken(columns: readonly Bucket[]): readonly (readonly Timed[])[] {
  const runs: Timed[][] = [[]];
  for (const { latency, ...column } of columns) {
    if (latency) runs.at(-1)?.push({ ...column, latency });
    else runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

interface Spot {
  readonly x: number;
  readonly latency: Timed['latency'];
}

function area(run: readonly Spot[], scale: LogScale): string {
  const upper = run.map(({ x, latency }): Point => [x, yOf(scale, latency.p95Ms)]);
  const lower = run.map(({ x, latency }): Point => [x, yOf(scale, latency.p50Ms)]);
  return path(`${through([...upper, ...lower.reverse()])}Z`, `fill="${ink.area}" fill-opacity="0.55"`);
}

const dot = ([x, y]: Point): string => path(`M${x.toFixed(1)} ${y.toFixed(1)}h0`, dotStroke);
const dotStroke = `stroke="${ink.dot}" stroke-width="2.4" stroke-linecap="round"`;

function gridLine(scale: LogScale, ms: number): string {
  const y = yOf(scale, ms);
  return [
    line([left, y], [right, y], `stroke="${ink.grid}"`),
    text([left - 10, y + 4], duration(ms), 'text-anchor="end"'),
  ].join('\n');
}
