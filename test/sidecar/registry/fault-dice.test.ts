/** Which seed each fault's dice follow from: by chance where nobody gives one, and the same again in the next life. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Tallies } from '../../../sidecar/registry/fault-applier.js';
import { FaultRegistry } from '../../../sidecar/registry/fault-registry.js';
import { drawSeed, FaultSeeds, noSeeds } from '../../../sidecar/registry/fault-seeds.js';
import { registryLimits } from '../../../sidecar/registry/registry-limits.js';
import { ManualClock } from '../../core/manual-clock.js';
import { collectingLog } from './collecting-log.js';
import { annotations, type OpenedRegistry, openedRegistry, startedMs } from './opened-registry.js';
import { RecordingApplier } from './recording-applier.js';
import { temporaryDirectory } from './temporary-directory.js';

const sentence = 'disk error EIO on fsync chance 50%';

test('two sidecars that nobody gave a seed roll different dice for the same sentence', async (t) => {
  const sidecars = await Promise.all(Array.from({ length: 20 }, () => openedRegistry(t, { seed: null })));
  for (const { registry } of sidecars) await registry.setAnnotations(annotations({ eio: sentence }));
  const seeds = sidecars.map(seedOf);
  assert.equal(new Set(seeds).size, seeds.length, `${seeds}`);
  assert.equal(new Set(sidecars.map(patternOf)).size, seeds.length);
});

test('to arm a fault again rolls new dice, and a seed in the sentence the same', async (t) => {
  const opened = await openedRegistry(t, { seed: null });
  const rearmed = async (words: string): Promise<number> => {
    await opened.registry.arm('eio', words);
    const seed = seedOf(opened);
    await opened.registry.disarm('eio');
    return seed;
  };
  const seeds = [await rearmed(sentence), await rearmed(sentence), await rearmed(sentence)];
  assert.equal(new Set(seeds).size, 3, `${seeds}`);
  assert.deepEqual([await rearmed(`${sentence} seed 42`), await rearmed(`${sentence} seed 42`)], [42, 42]);
});

test('whatever is armed, in whatever order, the same given seed gives each name the same dice again', async (t) => {
  const stateDirectory = await temporaryDirectory(t);
  const name = fc.constantFrom('a', 'b', 'c');
  const options = { numRuns: 50 };
  await fc.assert(
    fc.asyncProperty(fc.nat(2 ** 32 - 1), fc.array(name), fc.array(name), async (seed, one, other) => {
      const [before, after] = [await seedsBy(one), await seedsBy(other)];
      for (const [key, value] of before) assert.equal(after.get(key) ?? value, value);

      async function seedsBy(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
        const clock = new ManualClock(startedMs);
        const applier = new RecordingApplier(clock);
        const { log } = collectingLog();
        const registry = await FaultRegistry.open({ appliers: [applier], seed, stateDirectory, log, clock });
        const seeds = new Map<string, number>();
        for (const armed of names) {
          await registry.arm(armed, sentence);
          seeds.set(armed, applier.plan.faults.at(-1)?.seed ?? -1);
          await registry.disarm(armed);
        }
        await registry.close();
        return seeds;
      }
    }),
    options,
  );
});

test('the seed that a sidecar took by chance, given to another, repeats what each name rolled first', async (t) => {
  const first = await openedRegistry(t, { seed: null });
  assert.equal(first.registry.state().seedGiven, false);
  await first.registry.arm('a', sentence);
  await first.registry.arm('b', sentence);
  const second = await openedRegistry(t, { seed: first.registry.state().seed });
  assert.equal(second.registry.state().seedGiven, true);
  await second.registry.arm('b', sentence);
  assert.equal(seedOf(second), first.applier.plan.faults[1]?.seed);
});

test('a restart goes on with the same dice, and with the matches that were counted', async (t) => {
  const words = 'disk error EIO on fsync chance 50% skip 3';
  const memory = new Map<number, Tallies>();
  const first = await openedRegistry(t, { seed: null, memory });
  await first.registry.arm('eio', words);
  await first.registry.setAnnotations(annotations({ other: 'disk latency 2ms jitter 1ms on read' }));
  const kept = slotsAndSeeds(first);
  const before = patternOf(first, 17);
  await first.registry.close();
  const { clock, stateDirectory } = first;
  const second = await openedRegistry(t, { seed: null, memory, clock, stateDirectory });
  await second.registry.setAnnotations(
    annotations({ added: 'disk freeze on flush', other: 'disk latency 2ms jitter 1ms on read' }),
  );
  assert.equal(second.registry.state().seed, first.registry.state().seed);
  const { added, ...rest } = slotsAndSeeds(second);
  assert.deepEqual(rest, kept);
  assert.ok(!Object.values(rest).some(({ slot }) => slot === added?.slot));
  assert.equal(second.registry.list().find(({ name }) => name === 'eio')?.tallies.matched, 17);
  const whole = await openedRegistry(t);
  await whole.registry.arm('eio', `${words} seed ${kept['eio']?.seed}`);
  assert.equal(before + patternOf(second, 47), patternOf(whole, 64));
});

test('the list shows the seed of a fault that rolls dice, and none where nothing is rolled', async (t) => {
  const { registry } = await openedRegistry(t, { seed: null });
  const shown = async (words: string): Promise<number | null | undefined> => {
    await registry.arm('x', words);
    return registry.list()[0]?.seed;
  };
  for (const words of ['disk freeze chance 50%', 'disk latency 1ms jitter 1ms', 'disk corrupt 1 bits']) {
    assert.equal(typeof (await shown(words)), 'number', words);
    assert.equal(await shown(`${words} seed 7`), 7);
  }
  for (const words of [
    'disk freeze',
    'disk latency 1ms',
    'disk freeze chance 0%',
    'disk freeze once seed 7',
  ]) {
    assert.equal(await shown(words), null, words);
  }
});

test('names that were armed and are gone are remembered up to a bound, and roll new dice beyond it', () => {
  const count = registryLimits.rememberedNames + 50;
  const seeds = new FaultSeeds(null, noSeeds, drawSeed);
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  const rolled = [...names, ...names].map((name) => seeds.of(name, null));
  assert.ok(new Set(rolled).size > 2 * count - 5, `${new Set(rolled).size} different of ${2 * count}`);
  assert.equal(seeds.kept.armings.size, registryLimits.rememberedNames);
});

const seedOf = ({ applier }: OpenedRegistry): number => applier.plan.faults.at(-1)?.seed ?? -1;

/** Which of so many operations were hit. */
function patternOf({ applier }: Pick<OpenedRegistry, 'applier'>, length = 64): string {
  return Array.from({ length }, () => (applier.meet('fsync') ? 'x' : '.')).join('');
}

const slotsAndSeeds = ({ applier }: OpenedRegistry) =>
  Object.fromEntries(applier.plan.faults.map(({ name, seed, slot }) => [name, { seed, slot }]));
