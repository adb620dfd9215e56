/** What a pass says, and what it does not say. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterEvent } from '../../../experiment/engine/after-event.js';
import { judge } from '../../../experiment/engine/judge.js';
import type { Observed } from '../../../experiment/engine/moves.js';
import { nextStep } from '../../../experiment/engine/next-step.js';
import { newRun } from '../../../experiment/engine/run.js';
import type { JournalEvent } from '../../../experiment/journal/events.js';
import { planFor } from '../plan-for.js';

const ledger = { redis: { url: 'redis://127.0.0.1:1' } };
const kill = { name: 'dies', kill: { process: 'command' } };

/** The step done, all faults off, the data read back. */
const toTheEnd: readonly JournalEvent[] = [
  { atMs: 0, type: 'ledger-began' },
  { atMs: 1000, type: 'phase-began', phase: 'during' },
  { atMs: 1000, type: 'step-began', step: 'dies', pid: 7 },
  { atMs: 1900, type: 'traffic', acknowledged: 100, refused: 0, unknown: 0, p50Ms: 1, p99Ms: 2 },
  { atMs: 2000, type: 'step-ended', step: 'dies', outcome: 'done', message: '' },
  { atMs: 2000, type: 'phase-began', phase: 'after' },
  { atMs: 2000, type: 'recovered', part: 'faults-off', tookMs: 0 },
];

const observed: Observed = {
  faults: new Map(),
  pids: { command: 8, 'fault-proxy': 9 },
  underway: new Set(),
  cluster: null,
};

test('without a probe nothing is said of recovery: nobody was asked', () => {
  const plan = planFor({ ledger, steps: [kill] });
  const run = toTheEnd.reduce(afterEvent, newRun);
  const { records } = nextStep(plan, run, observed, 2100);
  assert.deepEqual(records, [{ type: 'phase-began', phase: 'finally' }]);
  const read: JournalEvent = {
    atMs: 2200,
    type: 'ledger-read',
    result: {
      ...{ data: 'Intact', message: 'all 100 acknowledged writes are there' },
      ...{ startedAt: '2030-01-01T00:00:00Z', endedMs: 2100 },
      ...{ acknowledged: 100, lost: 0, stale: 0, duplicated: 0, corrupt: 0 },
      ...{ refused: { there: 0, gone: 0 }, unknown: { there: 0, gone: 0 } },
      ...{ registers: null, registerOperations: 0, illegalRegisters: [] },
      ...{ unavailable: [], latency: null },
      examples: { lost: [], stale: [], duplicated: [], corrupt: [], refusedAndThere: [] },
    },
  };
  const judgement = judge(plan, afterEvent(run, read));
  assert.equal(judgement.verdict, 'Passed');
  assert.equal(
    judgement.message,
    'the hypothesis held under 1 kill, and no probe was asked how soon all was well again',
  );
});

test('two primaries at the same time are the finding, also where somebody asked for the end', () => {
  const plan = planFor({ ledger, steps: [kill] });
  const stopped = { type: 'stopped', verdict: 'Aborted', reason: 'Asked', message: 'lunch' } as const;
  const two = (message: string): JournalEvent => ({
    atMs: 1500,
    type: 'two-primaries',
    target: 'db',
    message,
  });
  const run = [...toTheEnd, two('a and b'), two('b and c'), { atMs: 2100, ...stopped }].reduce(
    afterEvent,
    newRun,
  );
  const { verdict, reason, message } = judge(plan, run);
  assert.deepEqual([verdict, reason, message], ['Failed', 'TwoPrimaries', 'target db: a and b']);
});

test('what of a cluster is not as before is named, and no probe that succeeds', () => {
  const plan = planFor({
    targets: [{ name: 'db', pods: ['pg-0'] }],
    hypothesis: { probes: [{ name: 'up', tcp: { address: '127.0.0.1:1' } }] },
    steps: [{ name: 'lost', node: { action: 'cordon', for: '5s' } }],
  });
  const events: readonly JournalEvent[] = [
    { atMs: 0, type: 'phase-began', phase: 'after' },
    { atMs: 1, type: 'recovered', part: 'pods', tookMs: 1 },
    {
      ...{ atMs: 2, type: 'measured', probe: 'up', phase: 'after', outcome: 'Successful' },
      ...{ seen: 'connected', tookMs: 1 },
    },
  ];
  const { reason, message } = judge(plan, events.reduce(afterEvent, newRun));
  assert.deepEqual(
    [reason, message],
    ['NotRecovered', 'all was not well again after the last fault; not as before: nodes, traffic'],
  );
});
