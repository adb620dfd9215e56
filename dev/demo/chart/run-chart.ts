/**
 * A run as a picture, complete in itself: latency over time, what was answered, how far the replica was behind, the faults
 * as bands across all three, and below them what each did. Observable Plot draws the panels, on a document of linkedom.
 */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { buckets } from './buckets.js';
import type { Chart, Span } from './chart.js';
import { lagColumns } from './lag-columns.js';
import { duration, logScaleFor, ticks } from './log-scale.js';
import { roundBytes, roundUp } from './round-scale.js';

const ink = {
  title: '#17212b',
  text: '#56616b',
  grid: '#e4e0d8',
  line: '#24527a',
  area: '#7fa8cc',
  areaText: '#4f86b8',
  dot: '#8b98a5',
  good: '#8fb89a',
  goodText: '#4d8a5e',
  bad: '#d1495b',
  lag: '#c9a36a',
  lagText: '#8a5f22',
};
const bandColours = ['#e8a33d', '#c95f9a', '#7d6bbf', '#3d9fb0', '#8f9a3c', '#5c6b73'];
const bandColour = (index: number): string => bandColours[index % bandColours.length] ?? ink.text;

const bucketMs = 250;
const width = 1200;
const left = 76;
const legend = { top: 796, row: 20 };

const style = `
  text { font-size: 13px; fill: ${ink.text} }
  .title { font-size: 22px; font-weight: 600; fill: ${ink.title} }
  .name, .name text { font-weight: 600; fill: ${ink.title} }
  .told { font: 12px ui-monospace, 'DejaVu Sans Mono', monospace }`;

/** As SVG. */
export function runChart(chart: Chart): string {
  const height = legend.top + chart.spans.length * legend.row + 12;
  const fonts = `font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${fonts}>`,
    `<title>${escapeXml(chart.title)}</title>`,
    `<style>${style}\n</style>`,
    `<rect width="${width}" height="${height}" fill="#fcfbf8" rx="10"/>`,
    text([left, 38], 'title', chart.title),
    text([left, 62], '', chart.verdict),
    latencyPanel(chart),
    countPanel(chart),
    lagPanel(chart),
    ...chart.spans.map(legendRow),
    '</svg>',
    '',
  ].join('\n');
}

/** Milliseconds and seconds in one picture. Nothing is drawn across a time in which nothing was in flight. */
function latencyPanel(chart: Chart): string {
  const nothing = { p50Ms: Number.NaN, p95Ms: Number.NaN, maxMs: Number.NaN };
  const columns = buckets(chart.transactions, columnsOf(chart)).map(({ fromMs, latency = nothing }) => ({
    ...latency,
    at: (fromMs + bucketMs / 2) / 1000,
  }));
  const scale = logScaleFor(columns.reduce((most, { maxMs }) => Math.max(most, maxMs || 0), 0));
  const strips = { x1: 'from', x2: 'to', stroke: 'colour', strokeWidth: 4, dy: -2 } as const;
  const names = { x: 'from', text: 'title', frameAnchor: 'top', textAnchor: 'start', dy: -20 } as const;
  return panel(chart, {
    ...{ top: 146, height: 280, headingAt: 100 },
    heading: [
      ['Latency of the transactions in flight: '],
      ['the median', ink.line],
      [', '],
      ['up to the 95th percentile', ink.areaText],
      [', '],
      ['the slowest', ink.dot],
    ],
    y: { type: 'log', domain: [scale.leastMs, scale.mostMs], ticks: [...ticks(scale)], tickFormat: duration },
    marks: [
      Plot.text(bandsOf(chart), { ...names, className: 'name' }),
      Plot.ruleY(bandsOf(chart), { ...strips, y: scale.mostMs }),
      Plot.areaY(columns, { x: 'at', y1: 'p50Ms', y2: 'p95Ms', fill: ink.area, fillOpacity: 0.55 }),
      Plot.dot(columns, { x: 'at', y: 'maxMs', r: 1.2, fill: ink.dot, stroke: 'none' }),
      Plot.lineY(columns, { x: 'at', y: 'p50Ms', stroke: ink.line, strokeWidth: 2 }),
    ],
  });
}

/** The failed ones stand on the acknowledged ones, and are never too few to be seen. */
function countPanel(chart: Chart): string {
  const perSecond = 1000 / bucketMs;
  const columns = buckets(chart.transactions, columnsOf(chart));
  const most = roundUp(
    Math.max(1, ...columns.map(({ acknowledged, failed }) => (acknowledged + failed) * perSecond)),
  );
  const leastSeen = most / 55;
  const bars = columns.flatMap(({ fromMs, acknowledged, failed }) => {
    const time = { from: fromMs / 1000, to: (fromMs + bucketMs) / 1000 };
    return [
      { ...time, rate: acknowledged * perSecond, colour: ink.good },
      { ...time, rate: failed > 0 ? Math.max(failed * perSecond, leastSeen) : 0, colour: ink.bad },
    ];
  });
  return panel(chart, {
    ...{ top: 492, height: 110, headingAt: 470 },
    heading: [['Transactions a second, '], ['acknowledged', ink.goodText], [' and '], ['not', ink.bad]],
    y: fromZero(most),
    marks: [Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'rate', fill: 'colour' })],
  });
}

/** Nothing is drawn across a time of which nothing is known. */
function lagPanel(chart: Chart): string {
  const { count, durationMs } = columnsOf(chart);
  const lag = lagColumns(chart.lag, { count, durationMs });
  const columns = lag.map((bytes, column) => ({
    at: ((column + 0.5) * durationMs) / count / 1000,
    megabytes: bytes === null ? Number.NaN : bytes / 1e6,
  }));
  const tickFormat = (seconds: number): string => `${seconds} s`;
  return panel(chart, {
    ...{ top: 668, height: 70, headingAt: 646 },
    heading: [['The replica, '], ['megabytes behind', ink.lagText]],
    y: fromZero(roundBytes(lag) / 1e6),
    marks: [
      Plot.areaY(columns, { x: 'at', y: 'megabytes', fill: ink.lag, fillOpacity: 0.45 }),
      Plot.lineY(columns, { x: 'at', y: 'megabytes', stroke: ink.lagText, strokeWidth: 2 }),
      Plot.axisX({ ticks: everyTenSeconds(chart), tickFormat, label: null, color: '#a9b1b8', tickSize: 5 }),
    ],
  });
}

interface Axis {
  readonly type?: 'log';
  readonly domain: number[];
  readonly ticks: number[];
  readonly tickFormat: (value: number) => string;
}

interface Panel {
  readonly top: number;
  readonly height: number;
  readonly heading: readonly Words[];
  readonly headingAt: number;
  readonly y: Axis;
  readonly marks: readonly Plot.Markish[];
}

/** Its margins hold what stands above the frame, and the times below it. */
function panel(chart: Chart, { top, height, heading, headingAt, y, marks }: Panel): string {
  const [marginTop, marginBottom] = [30, 28];
  const { ticks, tickFormat, ...scale } = y;
  const svg = Plot.plot({
    document: parseHTML('<html></html>').document,
    width,
    height: height + marginTop + marginBottom,
    ...{ marginLeft: left, marginRight: 32, marginTop, marginBottom },
    style: { fontSize: '13px', background: 'none' },
    x: { domain: [0, chart.durationMs / 1000], axis: null },
    y: { axis: null, ...scale },
    marks: [
      Plot.gridY({ stroke: ink.grid, strokeOpacity: 1, ticks }),
      Plot.rectX(bandsOf(chart), { x1: 'from', x2: 'to', fill: 'colour', fillOpacity: 0.16 }),
      Plot.axisY({ ticks, tickFormat, tickSize: 0, label: null }),
      ...marks,
    ],
  });
  svg.setAttribute('y', String(top - marginTop));
  return `${coloured([left, headingAt], heading)}\n${svg.outerHTML}`;
}

const fromZero = (most: number): Axis => ({
  domain: [0, most],
  ticks: [0, most / 2, most],
  tickFormat: (value) => value.toLocaleString('en-US'),
});

const columnsOf = ({ durationMs }: Chart) => ({
  durationMs,
  count: Math.max(1, Math.round(durationMs / bucketMs)),
});

const bandsOf = ({ spans }: Chart) =>
  spans.map(({ title, fromMs, toMs }, index) => ({
    ...{ title, from: fromMs / 1000, to: toMs / 1000 },
    colour: bandColour(index),
  }));

const everyTenSeconds = ({ durationMs }: Chart): number[] =>
  Array.from({ length: Math.floor(durationMs / 10_000) + 1 }, (_, tick) => tick * 10);

function legendRow({ title, told, proof }: Span, index: number): string {
  const y = legend.top + index * legend.row;
  return [
    `<rect x="${left}" y="${y - 10}" width="12" height="12" fill="${bandColour(index)}" rx="2"/>`,
    text([left + 20, y], 'name', title),
    text([left + 112, y], 'told', told),
    text([left + 500, y], '', proof),
  ].join('\n');
}

type Point = readonly [x: number, y: number];
type Words = readonly [words: string, colour?: string];

const text = ([x, y]: Point, kind: string, words: string): string =>
  `<text x="${x}" y="${y}" class="${kind}">${escapeXml(words)}</text>`;

/** One line of text, its colours its own legend. */
const coloured = ([x, y]: Point, parts: readonly Words[]): string => {
  const spans = parts.map(
    ([words, colour = ink.title]) => `<tspan style="fill:${colour}">${escapeXml(words)}</tspan>`,
  );
  return `<text x="${x}" y="${y}" class="name" xml:space="preserve">${spans.join('')}</text>`;
};

const escapeXml = (words: string): string =>
  words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
