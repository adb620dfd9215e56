/** What holds for every plan and every order of operations. fast-check prints the seed of a failure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import { compileFaults } from '../../faults/compile.js';
import { decide } from '../../faults/decide.js';
import type { DiskFault } from '../../faults/fault.js';
import { compileGlob } from '../../faults/glob.js';
import { type DiskOperation, diskVerbs } from '../../faults/operation.js';
import { parse } from '../../faults/parse.js';
import { verbsOf } from '../../faults/verbs.js';
import { arbitraryDiskFault } from './arbitrary-fault.js';
import { armedFaultsOf, countingTally, hitsOf } from './armed-faults-of.js';

const arbitraryPlan: fc.Arbitrary<ArmedFaults> = fc
  .array(fc.tuple(arbitraryDiskFault, fc.nat({ max: 2 ** 31 }), fc.integer({ min: 0, max: 3 })), {
    maxLength: 12,
  })
  .map((armed) => ({
    version: 1,
    faults: armed.map(([fault, seed, endsMs], slot) => ({ name: `f${slot}`, fault, slot, seed, endsMs })),
  }));

const path = fc.constantFrom('', 'pg_wal', 'pg_wal/1.wal', 'a/b', 'base/1/1259', 'for', 'a b', 'x/y/z');
const arbitraryOperation: fc.Arbitrary<DiskOperation> = fc.record(
  {
    plane: fc.constant('disk' as const),
    verb: fc.constantFrom(...diskVerbs),
    volume: fc.constantFrom('data', 'wal'),
    path,
    otherPath: path,
    modifies: fc.boolean(),
    offset: fc.nat(),
    bytes: fc.nat({ max: 8192 }),
  },
  { requiredKeys: ['plane', 'verb', 'volume', 'path', 'modifies', 'offset', 'bytes'] },
);
const operations = fc.array(arbitraryOperation, { maxLength: 40 });

test('the same seed and order of operations give the same decisions', () => {
  fc.assert(
    fc.property(arbitraryPlan, operations, (armed, order) => {
      const run = () => {
        const [compiled, tally] = [compileFaults(armed), countingTally()];
        return order.map((operation) => decide(compiled, operation, { nowMs: 1, tally }));
      };
      assert.deepEqual(run(), run());
    }),
  );
});

test('decide() counts and hits nothing but what verb, path, volume and deadline allow', () => {
  fc.assert(
    fc.property(arbitraryPlan, operations, (armed, order) => {
      const compiled = compileFaults(armed);
      for (const operation of order) {
        const tally = countingTally();
        const decision = decide(compiled, operation, { nowMs: 1, tally });
        const expected = armed.faults.filter(({ fault, endsMs }) => endsMs > 1 && couldHit(fault, operation));
        assert.deepEqual(
          Object.keys(tally.matches).map(Number),
          expected.map(({ slot }) => slot),
        );
        for (const slot of decision ? hitsOf(decision) : []) assert.equal(tally.matches[slot], 1);
      }
    }),
  );
});

/** As the types say it, with nothing remembered and nothing skipped. */
function couldHit(
  { plane, effect, match }: ArmedFaults['faults'][number]['fault'],
  operation: DiskOperation,
): boolean {
  if (plane !== 'disk' || !verbsOf(effect, match).includes(operation.verb)) return false;
  if (effect.kind === 'readonly' && !operation.modifies) return false;
  if (match.volume !== undefined && match.volume !== operation.volume) return false;
  const paths = [operation.path, ...(operation.otherPath === undefined ? [] : [operation.otherPath])];
  return match.in === undefined || paths.some((one) => compileGlob(match.in ?? '').matches(one));
}

test('touches(), needsPath() and reaches() never let a hit be missed', () => {
  fc.assert(
    fc.property(arbitraryPlan, operations, (armed, order) => {
      const compiled = compileFaults(armed);
      for (const operation of order) {
        const { verb, volume, path: at, otherPath, ...rest } = operation;
        const single = { verb, volume, path: at, ...rest };
        const decided = (one: DiskOperation) => decide(compiled, one, { nowMs: 0, tally: countingTally() });
        if (decided(operation) !== null) assert.ok(compiled.touches(verb));
        if (decided(single) !== null) assert.ok(compiled.reaches(verb, volume, at));
        if (!compiled.needsPath(verb)) assert.deepEqual(decided({ ...single, path: '' }), decided(single));
      }
    }),
  );
});

/** A sentence with something in it that is not of the language. */
const brokenSentence = fc
  .tuple(
    fc.constantFrom('disk error EIO', 'disk freeze in pg_wal/**', 'disk latency 1s on all', 'disk readonly'),
    fc.nat({ max: 30 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 }),
  )
  .map(([sentence, at, noise]) => sentence.slice(0, at) + noise + sentence.slice(at))
  .filter((sentence) => parse(sentence).kind === 'problems');

test('an invalid plan never injects', () => {
  fc.assert(
    fc.property(fc.array(brokenSentence, { minLength: 1 }), operations, (sentences, order) => {
      const compiled = compileFaults(armedFaultsOf(...sentences));
      const tally = countingTally();
      for (const operation of order) assert.equal(decide(compiled, operation, { nowMs: 0, tally }), null);
      assert.deepEqual(tally.matches, []);
    }),
  );
});

test('a fault with a glob that is not valid matches nothing, whoever made it', () => {
  const fault: DiskFault = {
    plane: 'disk',
    effect: { kind: 'freeze' },
    match: { in: '[' },
    trigger: { chance: 1, every: 1, skip: 0 },
    deadline: { kind: 'default' },
  };
  const compiled = compileFaults({ version: 1, faults: [{ name: 'f', fault, slot: 0, seed: 0, endsMs: 9 }] });
  fc.assert(
    fc.property(arbitraryOperation, (operation) => {
      assert.equal(decide(compiled, operation, { nowMs: 0, tally: countingTally() }), null);
    }),
  );
});
