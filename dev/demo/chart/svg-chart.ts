/** The chart as a picture, complete in itself: fonts, colours and words. */
import { buckets } from './buckets.js';
import type { Chart, Span } from './chart.js';
import { logScaleFor } from './log-scale.js';
import { escapeXml, line, rect, text } from './svg.js';
import { countPanelOf } from './svg-counts.js';
import { lagPanelOf } from './svg-lag.js';
import { latencyPanelOf } from './svg-latency.js';
import {
  bandColour,
  countPanel,
  heightFor,
  lagPanel,
  latencyPanel,
  left,
  legendRow,
  legendTop,
  width,
  xOf,
} from './svg-layout.js';

const bucketMs = 250;
const tickEverySeconds = 10;

const style = `
  text { font: 13px system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif; fill: #56616b }
  .title { font-size: 22px; font-weight: 600; fill: #17212b }
  .panel, .name { font-weight: 600; fill: #17212b }
  .told { font: 12px ui-monospace, 'DejaVu Sans Mono', monospace; fill: #56616b }`;

export function svgChart(chart: Chart): string {
  const count = Math.max(1, Math.round(chart.durationMs / bucketMs));
  const columns = buckets(chart.transactions, { durationMs: chart.durationMs, count });
  const scale = logScaleFor(columns.reduce((most, { latency }) => Math.max(most, latency?.maxMs ?? 0), 0));
  const height = heightFor(chart);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    `<title>${escapeXml(chart.title)}</title>`,
    `<style>${style}\n</style>`,
    rect({ x: 0, y: 0, width, height }, 'fill="#fcfbf8" rx="10"'),
    text([left, 38], chart.title, 'class="title"'),
    text([left, 62], chart.verdict),
    ...chart.spans.map((span, index) => band(chart, span, index)),
    latencyPanelOf(chart, columns, scale),
    countPanelOf(chart, columns),
    lagPanelOf(chart, count),
    timeAxis(chart),
    ...chart.spans.map(legend),
    '</svg>',
    '',
  ].join('\n');
}

/** Through all panels, named above the uppermost. */
function band(chart: Chart, span: Span, index: number): string {
  const x = xOf(chart, span.fromMs);
  const box = { x, width: xOf(chart, span.toMs) - x };
  const colour = bandColour(index);
  return [latencyPanel, countPanel, lagPanel]
    .map(({ top, bottom }) =>
      rect({ ...box, y: top, height: bottom - top }, `fill="${colour}" fill-opacity="0.16"`),
    )
    .concat(
      rect({ ...box, y: latencyPanel.top - 4, height: 4 }, `fill="${colour}"`),
      text([x, latencyPanel.top - 12], span.title, 'class="name"'),
    )
    .join('\n');
}

function timeAxis(chart: Chart): string {
  const last = Math.floor(chart.durationMs / 1000 / tickEverySeconds);
  return Array.from({ length: last + 1 }, (_, tick) => tick * tickEverySeconds)
    .map((seconds) => {
      const x = xOf(chart, seconds * 1000);
      return [
        line([x, lagPanel.bottom], [x, lagPanel.bottom + 5], 'stroke="#a9b1b8"'),
        text([x, lagPanel.bottom + 20], `${seconds} s`, 'text-anchor="middle"'),
      ].join('\n');
    })
    .join('\n');
}

function legend({ title, told, proof }: Span, index: number): string {
  const y = legendTop + index * legendRow;
  return [
    rect({ x: left, y: y - 10, width: 12, height: 12 }, `fill="${bandColour(index)}" rx="2"`),
    text([left + 20, y], title, 'class="name"'),
    text([left + 112, y], told, 'class="told"'),
    text([left + 500, y], proof),
  ].join('\n');
}
