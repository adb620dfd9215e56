/** What a step waits for. The journal is written by hand; what the engine makes of it is asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterEvent } from '../../../experiment/engine/after-event.js';
import type { Observed } from '../../../experiment/engine/moves.js';
import { nextStep } from '../../../experiment/engine/next-step.js';
import type { Plan } from '../../../experiment/engine/plan.js';
import { newRun } from '../../../experiment/engine/run.js';
import type { JournalEvent, Outcome } from '../../../experiment/journal/events.js';
import { planFor } from '../plan-for.js';

const began: readonly JournalEvent[] = [
  {
    atMs: 0,
    type: 'run-began',
    experiment: 'a',
    version: '0',
    startedAt: '2030-01-01T00:00:00Z',
    expected: {
      description: '',
      recoveryObjectiveMs: 1000,
      minimumMeasurements: 1,
      minimumHits: 1,
      minimumOperationsPerSecond: null,
      probes: [],
      replication: null,
    },
  },
  { atMs: 1000, type: 'phase-began', phase: 'during' },
];

const all: Observed = {
  faults: new Map(),
  pids: { command: 100, 'fault-proxy': 50 },
  underway: new Set(),
  cluster: null,
};

const planOfSteps = (...steps: readonly object[]): Plan =>
  planFor({ hypothesis: { probes: [{ name: 'page', tcp: { address: '127.0.0.1:1' } }] }, steps });

/** How the first step has ended; undefined: it goes on. */
function endOf(
  plan: Plan,
  events: readonly JournalEvent[],
  observed: Observed = all,
  nowMs = 3000,
): string | undefined {
  const run = [...began, ...events].reduce(afterEvent, newRun);
  const { records } = nextStep(plan, run, observed, nowMs);
  const end = records.find(({ type }) => type === 'step-ended');
  return end?.type === 'step-ended' ? `${end.outcome}: ${end.message}` : undefined;
}

const measured = (atMs: number, tookMs: number, outcome: Outcome = 'Successful'): JournalEvent => ({
  atMs,
  type: 'measured',
  probe: 'page',
  phase: 'during',
  outcome,
  seen: outcome,
  tookMs,
});

for (const { until, last } of [
  { until: 'probes.page.successful', last: 'Successful' },
  { until: '!probes.page.successful', last: 'Failed' },
] as const)
  test(`\`${until}\` asks for a measurement that began since the step began`, () => {
    const plan = planOfSteps({ name: 'well', wait: { until } });
    const waits: JournalEvent = { atMs: 2000, type: 'step-began', step: 'well' };
    assert.equal(endOf(plan, [measured(1500, 10, last), waits]), undefined, 'measured before');
    assert.equal(endOf(plan, [waits, measured(2010, 20, last)]), undefined, 'begun before');
    assert.equal(endOf(plan, [waits, measured(2100, 20, last)]), `done: ${until}`);
  });

const killed = (pid: number): readonly JournalEvent[] => [
  { atMs: 2000, type: 'step-began', step: 'dies', pid },
  { atMs: 2010, type: 'signalled', step: 'dies', pid, signal: 'KILL' },
];

test('what a fault hit is called by what it hits', () => {
  const plan = planOfSteps({ name: 'hole', fault: 'tcp blackhole for 1s' });
  const seen = { isArmed: false, reason: 'expired', matched: 2, injected: 1 };
  const asked: readonly JournalEvent[] = [
    { atMs: 1000, type: 'step-began', step: 'hole' },
    { atMs: 1000, type: 'fault-asked', step: 'hole', fault: 'hole', sentence: 'tcp blackhole for 1s' },
    { atMs: 1100, type: 'fault-armed', fault: 'hole' },
  ];
  const observed = { ...all, faults: new Map([['hole', seen]]) };
  assert.equal(endOf(plan, asked, observed), 'done: hit 1 of 2 connections');
});

test('a command that was killed is gone once another pid is there, or none', () => {
  const plan = planOfSteps({ name: 'dies', kill: { process: 'command' } });
  assert.equal(endOf(plan, killed(100)), undefined);
  assert.equal(endOf(plan, killed(100), { ...all, faults: null }), undefined, 'nobody says that it is gone');
  const gone = { ...all, pids: { ...all.pids, command: null } };
  assert.equal(endOf(plan, killed(100), gone), 'done: pid 100 is gone');
});

test('a fault proxy that was killed is waited for until the next one answers', () => {
  const plan = planOfSteps({ name: 'dies', kill: { process: 'fault-proxy' } });
  const next = { ...all, pids: { ...all.pids, 'fault-proxy': 51 } };
  assert.equal(endOf(plan, killed(50)), undefined);
  assert.equal(endOf(plan, killed(50), { ...next, faults: null }), undefined, 'it does not answer yet');
  assert.equal(endOf(plan, killed(50), next), 'done: pid 50 is gone, and pid 51 serves');
  const none = { ...all, faults: null, pids: { ...all.pids, 'fault-proxy': null } };
  assert.equal(endOf(plan, killed(50), none), undefined);
  assert.equal(endOf(plan, killed(50), none, 40_000), 'failed: nobody took the place of pid 50');
  assert.equal(endOf(plan, killed(50), all, 40_000), 'failed: pid 50 did not end by SIGKILL');
});

test('a fault that is over before anybody saw it was on where it hit something, and not where it did not', () => {
  const plan = planOfSteps({ name: 'slow', fault: 'tcp latency 5ms for 1s' });
  const asked: readonly JournalEvent[] = [
    { atMs: 1000, type: 'step-began', step: 'slow' },
    { atMs: 1000, type: 'fault-asked', step: 'slow', fault: 'slow', sentence: 'tcp latency 5ms for 1s' },
  ];
  const over = (injected: number): Observed => ({
    ...all,
    faults: new Map([['slow', { isArmed: false, reason: 'expired', matched: 7, injected }]]),
  });
  assert.equal(endOf(plan, asked, over(3)), 'done: hit 3 of 7 chunks');
  assert.equal(endOf(plan, asked, over(0)), 'failed: it was never seen armed: expired');
  const run = [...began, ...asked].reduce(afterEvent, newRun);
  assert.ok(nextStep(plan, run, over(3), 3000).records.some(({ type }) => type === 'fault-armed'));
});

for (const { follow, does } of [
  { follow: true, does: 'waits for who has the role next' },
  { follow: false, does: 'is over' },
])
  test(`a fault whose pod is gone ${does} where its target ${follow ? 'follows a role' : 'stays who it was'}`, () => {
    const plan = planFor({
      targets: [{ name: 'db', workload: { kind: 'Cluster', name: 'pg' }, role: { is: 'primary', follow } }],
      steps: [{ name: 'slow', fault: 'disk latency 5ms for 60s' }],
    });
    const place = { pod: 'pg-1', uid: 'u1', node: 'n1', role: 'primary' } as const;
    const sentence = 'disk latency 5ms until 2030-01-01T00:01:01Z';
    const asked: readonly JournalEvent[] = [
      { atMs: 1000, type: 'targets-resolved', targets: { db: [place] } },
      { atMs: 1000, type: 'step-began', step: 'slow' },
      {
        atMs: 1000,
        type: 'fault-asked',
        step: 'slow',
        fault: 'slow@pg-1',
        sentence,
        place,
        endsAtMs: 61_000,
      },
      { atMs: 1100, type: 'fault-armed', fault: 'slow@pg-1' },
    ];
    const gone: Observed = {
      ...all,
      faults: new Map([
        ['slow@pg-1', { isArmed: false, reason: 'the pod is gone', isGone: true, matched: 4, injected: 4 }],
      ]),
    };
    const hits = 'done: hit 4 of 4 operations';
    assert.equal(endOf(plan, asked, gone), follow ? undefined : hits);
    const next = { pod: 'pg-2', uid: 'u2', node: 'n2', role: 'primary' } as const;
    const moved: JournalEvent = { atMs: 2000, type: 'targets-resolved', targets: { db: [next] } };
    const run = [...began, ...asked, moved].reduce(afterEvent, newRun);
    const { records } = nextStep(plan, run, gone, 3000);
    assert.equal(
      records.some((event) => event.type === 'fault-asked' && event.place?.pod === 'pg-2'),
      true,
    );
    assert.equal(endOf(plan, asked, gone, 61_000), hits, 'nobody had it until its end');
  });
