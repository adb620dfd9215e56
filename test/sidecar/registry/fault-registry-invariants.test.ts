import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertNever } from '../../../core/assert-never.js';
import { limits } from '../../../faults/limits.js';
import { FaultRegistry } from '../../../sidecar/registry/fault-registry.js';
import { ManualClock } from '../../core/manual-clock.js';
import { collectingLog } from './collecting-log.js';
import { annotations, startedMs } from './opened-registry.js';
import { RecordingApplier } from './recording-applier.js';
import { temporaryDirectory } from './temporary-directory.js';

const name = fc.integer({ min: 0, max: 90 }).map((number) => `f${number}`);
const sentence = fc.constantFrom(
  'disk freeze for 1s',
  'disk  freeze  for 1s',
  'disk readonly for 10s',
  'disk latency 1s',
  'disk freeze until 2026-01-02T03:04:20Z',
  'disk freze',
  'disk throttle 1 iops',
  'tcp partition',
  '',
);

const act = fc.oneof(
  fc.record({ kind: fc.constant('arm' as const), name, sentence }),
  fc.record({ kind: fc.constant('disarm' as const), name }),
  fc.record({ kind: fc.constant('disarm-all' as const) }),
  fc.record({ kind: fc.constant('annotate' as const), said: fc.dictionary(name, sentence, { maxKeys: 80 }) }),
  fc.record({ kind: fc.constant('local' as const), said: fc.dictionary(name, sentence, { maxKeys: 80 }) }),
  fc.record({ kind: fc.constant('lose' as const) }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
  fc.record({ kind: fc.constant('step' as const), ms: fc.integer({ min: -5000, max: 5000 }) }),
);

type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

async function perform(registry: FaultRegistry, clock: ManualClock, done: Act): Promise<void> {
  switch (done.kind) {
    case 'arm':
      return void (await registry.arm(done.name, done.sentence));
    case 'disarm':
      return void (await registry.disarm(done.name));
    case 'disarm-all':
      return registry.disarmAll();
    case 'annotate':
      return registry.setAnnotations(annotations(done.said));
    case 'local':
      return registry.setLocal(
        Object.entries(done.said).map(([key, value]) => ({ name: key, sentence: value })),
      );
    case 'lose':
      return registry.setAnnotations({ kind: 'absent' });
    case 'advance':
      return clock.advance(done.ms);
    case 'step':
      return clock.step(done.ms);
    default:
      return assertNever(done);
  }
}

async function assertSound(
  registry: FaultRegistry,
  applier: RecordingApplier,
  clock: ManualClock,
): Promise<void> {
  // What a tick published reaches the fault proxy within the turn.
  await new Promise(setImmediate);
  const listed = registry.list();
  const faults = listed.filter(({ state }) => state !== 'refused');
  assert.ok(faults.length <= limits.faults);
  const armed = listed.filter(({ state }) => state === 'armed').map((fault) => fault.name);
  assert.equal(new Set(armed).size, armed.length, 'a name is armed once');
  assert.deepEqual(
    applier.plan.faults.map((fault) => fault.name),
    armed,
    'the applier has what is listed as armed',
  );
  assert.equal(
    new Set(applier.plan.faults.map(({ slot }) => slot)).size,
    armed.length,
    'each has a slot of its own',
  );
  const versions = applier.plans.map(({ version }) => version);
  assert.deepEqual(
    versions,
    [...new Set(versions)].sort((a, b) => a - b),
  );
  for (const { endsMs } of applier.plan.faults)
    assert.ok(endsMs - clock.wallMs() <= limits.defaultDeadlineMs + 5000 * 60);
}

test('whatever is asked in whatever order, the applier has what the list says, and no more than it may', async (t) => {
  const stateDirectory = await temporaryDirectory(t);
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 30 }), async (acts) => {
      const clock = new ManualClock(startedMs);
      const applier = new RecordingApplier(clock);
      const { log } = collectingLog();
      const registry = await FaultRegistry.open({ appliers: [applier], seed: 1, stateDirectory, log, clock });
      for (const done of acts) {
        await perform(registry, clock, done);
        await assertSound(registry, applier, clock);
      }
      await registry.disarmAll();
      assert.deepEqual(applier.armed, []);
      await registry.close();
      assert.equal(clock.pending, 0);
    }),
    { numRuns: 100 },
  );
});

test('a restart at any moment arms no more than was armed before', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 15 }), async (acts) => {
      const clock = new ManualClock(startedMs);
      const stateDirectory = await temporaryDirectory(t);
      const { log } = collectingLog();
      const before = await FaultRegistry.open({
        appliers: [new RecordingApplier(clock)],
        seed: 1,
        stateDirectory,
        log,
        clock,
      });
      for (const done of acts) await perform(before, clock, done);
      const ends = new Map(
        before.list().map(({ name, source, endsAt, state }) => [`${source} ${name}`, { endsAt, state }]),
      );
      await before.close();
      const after = await FaultRegistry.open({
        appliers: [new RecordingApplier(clock)],
        seed: 1,
        stateDirectory,
        log,
        clock,
      });
      for (const { name, source, state, endsAt } of after.list()) {
        const known = ends.get(`${source} ${name}`);
        if (known?.state === 'expired') assert.equal(state, 'expired');
        assert.ok(known?.endsAt !== undefined && (endsAt ?? '') <= (known.endsAt ?? ''));
      }
      await after.close();
    }),
    { numRuns: 50 },
  );
});
