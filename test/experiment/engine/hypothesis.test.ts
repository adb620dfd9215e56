/** What measurements say of a probe, phase by phase. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterEvent } from '../../../experiment/engine/after-event.js';
import { brokenMessage, holdBefore, phaseOf, stableSince } from '../../../experiment/engine/hypothesis.js';
import type { Plan } from '../../../experiment/engine/plan.js';
import { newRun, type Run } from '../../../experiment/engine/run.js';
import type { Outcome, Phase } from '../../../experiment/journal/events.js';
import { planFor } from '../plan-for.js';

const planWith = (tolerance: object): Plan =>
  planFor({
    hypothesis: { probes: [{ name: 'p', tcp: { address: '127.0.0.1:1' }, tolerance }] },
    steps: [{ wait: { for: '1s' } }],
  });

const outcomes: Readonly<Record<string, Outcome>> = {
  '+': 'Successful',
  x: 'Failed',
  '?': 'Inconclusive',
  '!': 'Error',
};

/** A measurement a second, the first after one. */
const measuredIn = (phase: Phase, measurements: string): Run =>
  [...measurements].reduce((run, sign, index) => {
    const outcome = outcomes[sign] ?? 'Error';
    const event = { type: 'measured', probe: 'p', phase, outcome, seen: sign, tookMs: 1 } as const;
    return afterEvent(run, { atMs: (index + 1) * 1000, ...event });
  }, newRun);

test('what began before the first fault and did not succeed behind it is of the faults', () => {
  const before = measuredIn('before', '+++');
  const during = afterEvent(before, { atMs: 4000, type: 'phase-began', phase: 'during' });
  const after = afterEvent(during, { atMs: 5000, type: 'phase-began', phase: 'after' });
  assert.equal(phaseOf('before', 'Failed', before), 'before');
  for (const run of [during, after]) {
    assert.equal(phaseOf('before', 'Failed', run), 'during');
    assert.equal(phaseOf('before', 'Error', run), 'during');
    assert.equal(phaseOf('before', 'Successful', run), 'before', 'it says nothing of the faults');
    assert.equal(phaseOf('during', 'Failed', run), 'during');
  }
});

interface HoldsCase {
  readonly measurements: string;
  readonly tolerance?: object;
  readonly holds: boolean;
}

const holdsBefore: readonly HoldsCase[] = [
  { measurements: '', holds: false },
  { measurements: 'x++', holds: false },
  { measurements: 'x+++', holds: true },
  { measurements: '++!+', holds: false },
  { measurements: '+', tolerance: { successes: 1 }, holds: true },
  { measurements: '+++', tolerance: { stableFor: '3s' }, holds: false },
  { measurements: '++++', tolerance: { stableFor: '3s' }, holds: true },
  { measurements: '++?+++', tolerance: { stableFor: '3s' }, holds: false },
  { measurements: '++++', tolerance: { successes: 5, stableFor: '3s' }, holds: false },
];

for (const { measurements, tolerance = {}, holds } of holdsBefore)
  test(`before, ${measurements || 'nothing'} under ${JSON.stringify(tolerance)} ${holds ? 'holds' : 'does not hold'}`, () => {
    const plan = planWith({ before: tolerance });
    assert.equal(holdBefore(plan.probes, measuredIn('before', measurements)), holds);
  });

test('what has not answered since its last success has not gone on', () => {
  const plan = planWith({ after: { stableFor: '2s' } });
  assert.equal(stableSince(plan, measuredIn('after', '+')), null);
  assert.equal(stableSince(plan, measuredIn('after', '++')), null);
  assert.equal(stableSince(plan, measuredIn('after', 'x+++')), 2000);
  assert.equal(
    stableSince(planWith({ after: { successes: 4, stableFor: '1s' } }), measuredIn('after', '+++')),
    null,
  );
});

interface BrokenCase {
  readonly phase: 'before' | 'during' | 'after';
  readonly tolerance?: object;
  readonly measurements: string;
  readonly broken: RegExp | null;
}

const brokenCases: readonly BrokenCase[] = [
  { phase: 'during', measurements: '++?!', broken: null },
  {
    phase: 'during',
    measurements: '+x+',
    broken: /failed 1 times while faults were on, 1 one after another, first after 2.0 s: x/,
  },
  { phase: 'during', tolerance: { failures: 2 }, measurements: 'xx', broken: null },
  { phase: 'during', tolerance: { failures: 2 }, measurements: 'x+x+x', broken: /failed 3 times/ },
  { phase: 'during', tolerance: { consecutive: 2 }, measurements: 'xx+xx+x', broken: null },
  { phase: 'during', tolerance: { consecutive: 2 }, measurements: '+xxx', broken: /3 one after another/ },
  { phase: 'before', measurements: 'xx+xxxx', broken: null },
  { phase: 'before', tolerance: { failures: 0 }, measurements: 'xxxx', broken: null },
  {
    phase: 'before',
    tolerance: { failures: 0 },
    measurements: 'xx+x',
    broken: /failed 1 times after it had succeeded, before the first fault.*first after 4.0 s/,
  },
  { phase: 'after', measurements: 'xx+xx', broken: null },
  { phase: 'after', tolerance: { consecutive: 1 }, measurements: 'xx+x+x', broken: null },
  {
    phase: 'after',
    tolerance: { consecutive: 1 },
    measurements: 'xx+xx',
    broken: /failed 2 times after it had succeeded again, 2 one/,
  },
];

for (const { phase, tolerance = {}, measurements, broken } of brokenCases)
  test(`${phase}, ${measurements} under ${JSON.stringify(tolerance)} is ${broken === null ? 'tolerated' : 'too much'}`, () => {
    const [probe] = planWith({ [phase]: tolerance }).probes;
    assert.ok(probe);
    const message = brokenMessage(probe, phase, measuredIn(phase, measurements));
    if (broken === null) assert.equal(message, null);
    else assert.match(message ?? '', broken);
  });
