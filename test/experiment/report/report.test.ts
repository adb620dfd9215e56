import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencyOf } from '../../../experiment/latency.js';
import { summaryOf } from '../../../experiment/report/summary.js';
import { percent } from '../../../experiment/report/words.js';
import { began, measured, passed, passedBut, reportOfLines } from './journals.js';

test('latencies are those that were measured, by nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(latencyOf(hundred), { p50Ms: 50, p90Ms: 90, p99Ms: 99, maxMs: 100 });
  assert.deepEqual(latencyOf([7]), { p50Ms: 7, p90Ms: 7, p99Ms: 7, maxMs: 7 });
  assert.equal(latencyOf([]), null);
});

test('a share is never rounded to nothing, nor to all', () => {
  assert.deepEqual([0, 0.00001, 0.5, 0.697, 0.99999, 1].map(percent), [
    ...['0%', '<0.1%', '50%', '69.7%', '>99.9%', '100%'],
  ]);
});

test('probes are compared phase by phase; what failed while the program started is no baseline', () => {
  const [page] = reportOfLines(passed).probes;
  assert.deepEqual(page?.phases, {
    before: {
      ...{ successful: 3, failed: 0, unlearned: 0, errorRate: 0 },
      latency: { p50Ms: 20, p90Ms: 30, p99Ms: 30, maxMs: 30 },
      values: null,
    },
    during: {
      ...{ successful: 3, failed: 1, unlearned: 1, errorRate: 0.25 },
      latency: { p50Ms: 50, p90Ms: 2000, p99Ms: 2000, maxMs: 2000 },
      values: null,
    },
    after: {
      ...{ successful: 1, failed: 0, unlearned: 0, errorRate: 0 },
      latency: { p50Ms: 10, p90Ms: 10, p99Ms: 10, maxMs: 10 },
      values: null,
    },
  });
  assert.deepEqual(page.broken, []);
  assert.deepEqual(page.firstFailure, { atMs: 3600, seen: 'no answer within 2000 ms' });
});

test('steps, faults and phases have their times', () => {
  const { steps, faults, phases, durationMs } = reportOfLines(passed);
  assert.equal(durationMs, 7400);
  assert.deepEqual(steps, [
    { name: 'hang', fromMs: 1000, toMs: 4200, outcome: 'done', message: 'hit 2 of 3 operations' },
  ]);
  assert.deepEqual(faults, [
    {
      ...{ name: 'hang', step: 'hang', sentence: 'disk freeze on read for 3s', isArmed: true },
      ...{ matched: 3, injected: 2, unit: 'operation', isEnough: true, fromMs: 1100, toMs: 4200 },
    },
  ]);
  assert.deepEqual(
    phases.map(({ phase, fromMs, toMs }) => `${phase} ${fromMs} to ${toMs}`),
    ['before 0 to 1000', 'during 1000 to 4200', 'after 4200 to 7400', 'finally 7400 to 7400'],
  );
});

test('a pass says what held, and does not promise more', () => {
  const { verdict, headline, held, failed, meaning } = summaryOf(reportOfLines(passed));
  assert.equal(`${verdict}: ${headline}`, 'Passed: The system held');
  assert.deepEqual(held, [
    'Probe page failed 1 time (25% of 4 measurements) while faults were on, which is tolerated (at most 1 failure), first after 3.6 s: no answer within 2000 ms',
    'Fault hang hit 2 of 3 operations that matched',
    'All was well again 200 ms after the last fault; the objective is 10.0 s',
  ]);
  assert.deepEqual(failed, []);
  assert.match(meaning, /Other faults, longer ones and more load are not shown/);
});

test('a probe that fails too much, a fault that hits too little and a slow recovery are what did not hold', () => {
  const { failed } = summaryOf(
    reportOfLines([
      ...passedBut((runEvent) => {
        if (runEvent.type === 'recovered') return { ...runEvent, tookMs: 12_000 };
        return runEvent.type === 'fault-counted' ? { ...runEvent, injected: 0 } : runEvent;
      }).slice(0, -1),
      [7401, measured('during', 'Failed', 2000)],
    ]),
  );
  assert.deepEqual(failed, [
    'Probe page failed 2 times (40% of 5 measurements) while faults were on; tolerated: at most 1 failure, first after 3.6 s: no answer within 2000 ms',
    'Fault hang hit 0 of 3 operations that matched: too few to prove anything',
    'All was well again 12.0 s after the last fault; the objective is 10.0 s',
  ]);
});

test('a run that was killed has no verdict, and nothing is concluded from it', () => {
  for (let length = 1; length < passed.length - 2; length += 1) {
    const report = reportOfLines(passed.slice(0, length));
    assert.equal(report.judgement, null);
    assert.match(summaryOf(report).meaning, /Nothing may be concluded/);
  }
});

test('a probe that never measured anything is not what held', () => {
  const { held, failed } = summaryOf(
    reportOfLines([
      [0, began],
      [1, measured('during', 'Error', 1)],
    ]),
  );
  assert.deepEqual(held, []);
  assert.match(
    failed[0] ?? '',
    /^Probe page measured nothing while faults were on: 1 measurement said nothing/,
  );
});
