import assert from 'node:assert/strict';
import { test } from 'node:test';
import { svgChart } from '../../../../dev/demo/chart/svg-chart.js';
import { sampleChart } from './sample-chart.js';

const svg = svgChart(sampleChart);

test('the picture tells the title, the verdict, each fault, its sentence and its proof', () => {
  for (const words of [
    'A &lt;disk&gt; &amp; its &quot;faults&quot;',
    '39 transactions',
    'disk error EIO',
    'hit 1 of 9',
  ]) {
    assert.ok(svg.includes(words), words);
  }
});

test('every element that is opened is closed, and no number is missing', () => {
  const open: string[] = [];
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (self) continue;
    if (close) assert.equal(open.pop(), name);
    else open.push(name ?? '');
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
});

test('a fault covers its own time in all three panels', () => {
  const bands = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*fill-opacity="0.16"/g)];
  assert.equal(bands.length, 3 * sampleChart.spans.length);
  for (const band of bands.slice(1, 3)) assert.deepEqual(band.slice(1), bands[0]?.slice(1));
});

test('the lag is drawn up to the end of its axis, and nothing across a time of which nothing is known', () => {
  const lagLines = [...svg.matchAll(/<path d="(M[^"]*)" fill="none" stroke="#8a5f22"/g)].map(
    ([, data]) => data ?? '',
  );
  assert.equal(lagLines.length, 2);
  const heights = lagLines.map((data) =>
    [...data.matchAll(/[ML][\d.]+ ([\d.]+)/g)].map(([, y]) => Number(y)),
  );
  assert.deepEqual([Math.min(...(heights[0] ?? [])), Math.max(...(heights[0] ?? []))], [738, 738]);
  // Seven of eight megabytes.
  assert.equal(Math.min(...(heights[1] ?? [])), Math.round((738 - (7 / 8) * 70) * 10) / 10);
  assert.match(svg, />8<\/text>/);
});

test('a chart without a single transaction or sample is an empty one', () => {
  assert.doesNotMatch(svgChart({ ...sampleChart, transactions: [], lag: [] }), /NaN|Infinity|undefined/);
});
