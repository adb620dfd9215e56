import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveView } from '../../../cli/commands/run/live-view.js';
import { plain } from '../../../cli/terminal/ink.js';
import { planOf } from '../../../experiment/engine/plan.js';
import { readExperiment } from '../../../experiment/file/read-experiment.js';
import type { JournalEvent, Outcome } from '../../../experiment/journal/events.js';

const file = `
apiVersion: havock8s.io/v1alpha1
kind: Experiment
metadata: { name: slow }
spec:
  steps: [{ name: slow, fault: disk latency 1s on fsync for 6s }, { wait: { for: 2s } }]`;

function view(...events: readonly JournalEvent[]): LiveView {
  const reading = readExperiment(file);
  assert.ok(reading.kind === 'experiment');
  const shown = new LiveView(planOf(reading.experiment));
  for (const event of events) shown.note(event);
  return shown;
}

const measured = (atMs: number, outcome: Outcome, tookMs: number): JournalEvent => ({
  ...{ type: 'measured', probe: 'page', phase: 'during' },
  ...{ atMs, outcome, tookMs, seen: `status 200 after ${tookMs} ms` },
});

const traffic = (atMs: number, acknowledged: number, refused = 0): JournalEvent => ({
  ...{ type: 'traffic', atMs, acknowledged, refused, unknown: 0 },
  ...{ p50Ms: acknowledged > 0 ? 4.21 : null, p99Ms: null },
});

const lines = (of: LiveView, atMs: number): readonly string[] => of.lines(atMs, { ink: plain, columns: 75 });

test('the live view says which fault is on and for how long, and what is waited for else', () => {
  const shown = view({ type: 'step-began', step: 'slow', atMs: 1000 });
  assert.deepEqual(lines(shown, 3100), [
    '',
    '   3.1 s  now            slow: disk latency 1s on fsync for 6s, 4 s left',
  ]);
  shown.note({ type: 'step-ended', step: 'slow', outcome: 'done', message: '', atMs: 7000 });
  shown.note({ type: 'step-began', step: 'wait-2', atMs: 7000 });
  shown.note({ type: 'phase-began', phase: 'during', atMs: 7000 });
  assert.match(lines(shown, 7000).join('\n'), /now +no fault is on$/);
});

test('the live view shows each second of writes: how many, and whether any was refused', () => {
  const shown = view(traffic(5100, 800), traffic(6100, 400), traffic(7100, 0, 3));
  assert.deepEqual(lines(shown, 8000).slice(2), [
    '          writes                █▅×  0 a second, 3 refused',
  ]);
});

test('the live view shows the worst measurement of each second, and what was seen last', () => {
  const shown = view(
    measured(5100, 'Successful', 1),
    measured(5200, 'Successful', 1000),
    measured(6100, 'Failed', 5),
    measured(6200, 'Successful', 5),
    measured(7100, 'Inconclusive', 3),
  );
  assert.deepEqual(lines(shown, 8000).slice(2), [
    '          page                  ▇×?  status 200 after 3 ms',
  ]);
});

test('where a condition looks at a number the live view draws that', () => {
  const values = [0, 500, 1000].map((value, index) => ({
    ...measured(5100 + 1000 * index, 'Successful', 9),
    value,
  }));
  assert.match(lines(view(...values), 8000).join('\n'), /page +▁▅█ /);
});

test('nothing of the live view is wider than the terminal', () => {
  const shown = view(
    { type: 'step-began', step: 'slow', atMs: 0 },
    measured(900, 'Failed', 12_345),
    traffic(900, 1),
  );
  for (const columns of [60, 80, 200])
    for (const line of shown.lines(1000, { ink: plain, columns })) assert.ok(line.length < columns, line);
});
