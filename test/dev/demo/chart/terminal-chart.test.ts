import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colours, plain } from '../../../../cli/terminal/ink.js';
import { terminalChart } from '../../../../dev/demo/chart/terminal-chart.js';
import { sampleChart } from './sample-chart.js';

const picture = terminalChart(sampleChart, { width: 49, ink: plain });

const golden = `
  10 s ┤
       │      ▆▆▆▆▆▆▆▆▆
   1 s ┤      █████████
       │      █████████
       │      █████████     ·
100 ms ┤      █████████
       │      █████████
       │      █████████
 10 ms ┤      █████████
       │████████████████████████████████████████
       │████████████████████████████████████████
  1 ms ┤████████████████████████████████████████
       └────────────────────────────────────────
failed                              ×
  8 MB ┤                              ▂▅
       │                           ▁▄▇██
   lag ┤▁▁▁▁▁▁▁        ▁▁▁▁▁▁▁▁▁▁▃▆█████▁▁▁▁▁▁▁▁
        0s                  10s
              ├ freeze ┤          ├ EIO ┤
`;

test('the chart draws the median, the slowest, the failures, the lag and the faults under their time', () => {
  assert.equal(`\n${picture}\n`, golden);
});

test('no line is wider than the terminal', () => {
  for (const width of [40, 80, 120]) {
    const lines = terminalChart(sampleChart, { width, ink: plain }).split('\n');
    for (const line of lines) assert.ok([...line].length <= width, `${[...line].length} > ${width}: ${line}`);
  }
});

test('colours change nothing but colours', () => {
  const coloured = terminalChart(sampleChart, { width: 49, ink: colours });
  assert.notEqual(coloured, picture);
  const escapes = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
  const bare = coloured
    .replace(escapes, '')
    .split('\n')
    .map((line) => line.trimEnd());
  assert.deepEqual(bare, picture.split('\n'));
});

test('a chart without a single transaction or sample is an empty one', () => {
  const empty = { ...sampleChart, transactions: [], spans: [], lag: [] };
  assert.match(terminalChart(empty, { width: 40, ink: plain }), /1 s ┤\n/);
});

test('a fault that another follows soon is named without brackets, and both are', () => {
  const spans = [
    { title: 'slow', fromMs: 2000, toMs: 3000, told: '', proof: '' },
    { title: 'full', fromMs: 5000, toMs: 9000, told: '', proof: '' },
  ];
  const narrow = terminalChart({ ...sampleChart, spans }, { width: 49, ink: plain });
  assert.match(narrow, / slow +├─* full ─*┤\n?$/);
});
