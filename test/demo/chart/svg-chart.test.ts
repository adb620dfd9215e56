import assert from 'node:assert/strict';
import { test } from 'node:test';
import { svgChart } from '../../../demo/chart/svg-chart.js';
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

test('a fault covers its own time in both panels', () => {
  const bands = [...svg.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*fill-opacity="0.16"/g)];
  assert.equal(bands.length, 2 * sampleChart.spans.length);
  assert.equal(bands[0]?.[1], bands[1]?.[1]);
  assert.equal(bands[0]?.[2], bands[1]?.[2]);
});

test('a chart without a single transaction is an empty one', () => {
  assert.doesNotMatch(svgChart({ ...sampleChart, transactions: [] }), /NaN|Infinity|undefined/);
});
