import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plain } from '../../../../cli/terminal/ink.js';
import { report } from '../../../../dev/bench/disk/report.js';
import { works } from '../../../../dev/bench/disk/works.js';

const rowOf = (name: string, [bare, libfuse, idle, armed]: readonly (number | null)[]) => {
  const figure = works.find((work) => work.name === name)!;
  const subjects = { bare: bare!, libfuse: libfuse!, idle: idle!, armed: armed! };
  return { figure, result: { work: name, unit: figure.unit, subjects } };
};

test('the report shows the ratios and whether the goals are met', () => {
  const rows = [
    rowOf('random-read-4k-1job', [40_000, 80_000, 72_000, 69_120]),
    rowOf('memory-holder-before', [null, null, 61.24, 61.24]),
  ];
  assert.deepEqual(report(rows, plain).split('\n'), [
    '                          unit    bare  libfuse    ours  10 armed  ours/bare  ours/libfuse  armed/ours  goal',
    '4 KiB random read, 1 job  op/s  40,000   80,000  72,000    69,120       1.80          0.90        0.96  >= 0.8 x libfuse: met',
    "holder's memory, at rest  MB         -        -    61.2      61.2          -             -           -  < 50 MB: NOT MET",
    '',
    '10 unmatched faults cost 4.0% on average; goal < 5%: met',
    '',
  ]);
});
