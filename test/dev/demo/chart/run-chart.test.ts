import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHTML } from 'linkedom';
import { runChart } from '../../../../dev/demo/chart/run-chart.js';
import { sampleChart } from './sample-chart.js';

const svg = runChart(sampleChart);

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

const { document } = parseHTML(svg);
const all = (selector: string) => [...document.querySelectorAll(selector)];

test('a fault covers its own time in all three panels', () => {
  const places = all('[aria-label=rect][fill-opacity="0.16"]').map((band) =>
    [...band.children].map((box) => [box.getAttribute('x'), box.getAttribute('width')]),
  );
  assert.equal(places.length, 3);
  assert.equal(places[0]?.length, sampleChart.spans.length);
  for (const others of places.slice(1)) assert.deepEqual(others, places[0]);
});

test('the lag is drawn up to the end of its axis, and nothing across a time of which nothing is known', () => {
  const [line] = all('[aria-label=line][stroke="#8a5f22"] path');
  const runs = String(line?.getAttribute('d')).split('M').slice(1);
  assert.equal(runs.length, 2);
  const heights = runs.map((run) => run.split('L').map((point) => Number(point.split(',')[1])));
  // Its frame is 70 high, below a margin of 30.
  assert.deepEqual([Math.min(...(heights[0] ?? [])), Math.max(...(heights[0] ?? []))], [100, 100]);
  // Seven of eight megabytes.
  assert.equal(Math.min(...(heights[1] ?? [])), 100 - (7 / 8) * 70);
  assert.match(svg, />8<\/text>/);
});

test('a chart without a single transaction or sample is an empty one', () => {
  assert.doesNotMatch(runChart({ ...sampleChart, transactions: [], lag: [] }), /NaN|Infinity|undefined/);
});
