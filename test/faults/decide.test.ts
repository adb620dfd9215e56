import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFaults } from '../../faults/compile.js';
import { decide } from '../../faults/decide.js';
import type { DiskDecision } from '../../faults/decision.js';
import type { DiskEffectKind } from '../../faults/fault.js';
import type { DiskOperation } from '../../faults/operation.js';
import {
  armedFaultsOf,
  type CountingTally,
  countingTally,
  decisionOf,
  hitsOf,
  operationOf,
} from './armed-faults-of.js';

interface Case {
  readonly sentences: readonly string[];
  readonly operation?: Partial<DiskOperation>;
  readonly nowMs?: number;
  readonly tally?: CountingTally;
  readonly exempt?: boolean;
}

function decided({
  sentences,
  operation,
  nowMs = 0,
  tally = countingTally(),
  exempt,
}: Case): DiskDecision | null {
  const context = { nowMs, tally, ...(exempt !== undefined && { exempt }) };
  return decide(compileFaults(armedFaultsOf(...sentences)), operationOf(operation), context);
}

test('decide() is null when no fault is armed', () => {
  assert.equal(decided({ sentences: [] }), null);
});

/** What each effect decides, by sentence; the dice have their part in `corrupt`, which has a test of its own. */
const effects: Readonly<Record<DiskEffectKind, Readonly<Record<string, Partial<DiskDecision>>>>> = {
  latency: { 'disk latency 200ms': { delays: [{ slot: 0, ms: 200 }] } },
  error: { 'disk error EIO': { refusals: [{ slot: 0, errno: 'EIO' }] } },
  readonly: { 'disk readonly': { refusals: [{ slot: 0, errno: 'EROFS' }] } },
  freeze: { 'disk freeze': { freezes: [{ slot: 0 }] } },
  short: { 'disk short 512': { cuts: [{ slot: 0, bytes: 512 }] } },
  full: { 'disk full after 1Ki': { quotas: [{ slot: 0, afterBytes: 1024 }] } },
  throttle: {
    'disk throttle 5 iops': { throttles: [{ slot: 0, unit: 'operations', perSecond: 5 }] },
    'disk throttle 1Ki/s': { throttles: [{ slot: 0, unit: 'bytes', perSecond: 1024 }] },
  },
  corrupt: {},
};

for (const [sentence, expected] of Object.values(effects).flatMap((rows) => Object.entries(rows))) {
  test(`decide() on: ${sentence}`, () => {
    assert.deepEqual(decided({ sentences: [sentence] }), decisionOf(expected));
  });
}

test('decide() lists the bits to flip with a seed of their own, and leaves it to be seen whether they bite', () => {
  const found = decided({ sentences: ['disk corrupt 3 bits'], operation: { verb: 'read', modifies: false } });
  assert.deepEqual(found && hitsOf(found), []);
  assert.deepEqual(
    found?.flips.map(({ slot, bits }) => ({ slot, bits })),
    [{ slot: 0, bits: 3 }],
  );
  assert.ok(Number.isInteger(found?.flips[0]?.seed));
});

/** `[sentence, operation]`: nothing of these matches, so nothing is counted. */
const unmatched: readonly (readonly [string, Partial<DiskOperation>])[] = [
  ['disk error EIO on read', {}],
  ['disk error EIO in base/**', {}],
  ['disk error EIO volume wal', {}],
  ['disk corrupt 1 bits', {}],
  ['disk short 1', { verb: 'fsync' }],
  ['disk readonly', { verb: 'open', modifies: false }],
  ['disk readonly', { verb: 'read', modifies: false }],
  ['disk full after 0B', { verb: 'read', modifies: false }],
  ['disk throttle 1 iops', { verb: 'lookup', modifies: false }],
  ['tcp partition', {}],
  ['disk error EIO in /pg_wal/**', {}],
  ['disk error EIO on wirte', {}],
];

for (const [sentence, operation] of unmatched) {
  test(`decide() passes ${operation.verb ?? 'write'} under: ${sentence}`, () => {
    const tally = countingTally();
    assert.equal(decided({ sentences: [sentence], operation, tally }), null);
    assert.deepEqual(tally.matches, []);
  });
}

test('decide() matches rename, link and copy_file_range by either path', () => {
  for (const verb of ['rename', 'link', 'copy_file_range'] as const) {
    const sentences = ['disk error EIO in pg_wal/**'];
    assert.ok(decided({ sentences, operation: { verb, path: 'pg_wal/1', otherPath: 'old/1' } }));
    assert.ok(decided({ sentences, operation: { verb, path: 'old/1', otherPath: 'pg_wal/1' } }));
    assert.equal(decided({ sentences, operation: { verb, path: 'old/1', otherPath: 'old/2' } }), null);
  }
});

test('decide() counts an operation once when both of its paths match', () => {
  const tally = countingTally();
  const operation = { verb: 'rename', path: 'pg_wal/1', otherPath: 'pg_wal/2' } as const;
  decided({ sentences: ['disk error EIO in pg_wal/**'], operation, tally });
  assert.deepEqual(tally.matches, [1]);
});

test('decide() lists every latency, each with its fault', () => {
  const sentences = ['disk latency 200ms', 'disk latency 1ms on write', 'disk latency 5ms on read'];
  assert.deepEqual(
    decided({ sentences }),
    decisionOf({
      delays: [
        { slot: 0, ms: 200 },
        { slot: 1, ms: 1 },
      ],
    }),
  );
});

test('decide() lists every error in the order of the plan', () => {
  const sentences = ['disk latency 1ms', 'disk readonly', 'disk error EIO'];
  assert.deepEqual(
    decided({ sentences }),
    decisionOf({
      delays: [{ slot: 0, ms: 1 }],
      refusals: [
        { slot: 1, errno: 'EROFS' },
        { slot: 2, errno: 'EIO' },
      ],
    }),
  );
});

test('decide() lists every cut', () => {
  const sentences = ['disk short 512', 'disk short 100', 'disk short 1Ki'];
  assert.deepEqual(
    decided({ sentences }),
    decisionOf({
      cuts: [
        { slot: 0, bytes: 512 },
        { slot: 1, bytes: 100 },
        { slot: 2, bytes: 1024 },
      ],
    }),
  );
});

test('decide() counts a match that is too short to cut, and passes it', () => {
  const tally = countingTally();
  assert.equal(decided({ sentences: ['disk short 4Ki'], tally }), null);
  assert.deepEqual(tally.matches, [1]);
});

test('decide() does nothing once a fault has ended, to the millisecond', () => {
  const tally = countingTally();
  assert.ok(decided({ sentences: ['disk freeze'], nowMs: 999, tally }));
  assert.equal(decided({ sentences: ['disk freeze'], nowMs: 1000, tally }), null);
  assert.deepEqual(tally.matches, [1]);
});

test('decide() counts what is exempt apart, and does nothing to it', () => {
  const tally = countingTally();
  const operation = { verb: 'getattr', path: '', modifies: false } as const;
  assert.equal(
    decided({ sentences: ['disk freeze', 'disk freeze on read'], operation, tally, exempt: true }),
    null,
  );
  assert.deepEqual(tally.matches, []);
  assert.deepEqual(tally.exemptions, [1]);
});

/** `[trigger, the ordinals that are hit among the first 12 matches]`. */
const triggers: readonly (readonly [string, readonly number[]])[] = [
  ['', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
  ['once', [1]],
  ['first 3', [1, 2, 3]],
  ['skip 9', [10, 11, 12]],
  ['every 5th', [5, 10]],
  ['skip 2 every 3rd', [5, 8, 11]],
  ['every 4th first 2', [4, 8]],
  ['skip 1 once every 6th', [7]],
  ['skip 5 first 2', [6, 7]],
];

for (const [trigger, expected] of triggers) {
  test(`decide() hits matches ${expected.join(', ')} of 12 with trigger "${trigger}"`, () => {
    const compiled = compileFaults(armedFaultsOf(`disk error EIO ${trigger}`));
    const tally = countingTally();
    const hit = Array.from(
      { length: 12 },
      () => decide(compiled, operationOf(), { nowMs: 0, tally }) !== null,
    );
    assert.deepEqual(
      hit.flatMap((isHit, index) => (isHit ? [index + 1] : [])),
      expected,
    );
    assert.deepEqual(tally.matches, [12], 'what is passed has matched all the same');
  });
}

test('decide() hits about as often as chance says', () => {
  const compiled = compileFaults(armedFaultsOf('disk error EIO chance 30% seed 1'));
  const tally = countingTally();
  const hits = Array.from({ length: 10_000 }, () =>
    decide(compiled, operationOf(), { nowMs: 0, tally }),
  ).filter(Boolean);
  assert.ok(hits.length > 2800 && hits.length < 3200, `${hits.length} of 10000`);
});

test('decide() spreads jitter evenly both ways, and never below nothing', () => {
  const delays = (sentence: string): readonly number[] => {
    const compiled = compileFaults(armedFaultsOf(sentence));
    const tally = countingTally();
    return Array.from(
      { length: 5000 },
      () => decide(compiled, operationOf(), { nowMs: 0, tally })?.delays[0]?.ms ?? -1,
    );
  };
  const within = delays('disk latency 200ms jitter 50ms');
  assert.ok(within.every((delay) => delay >= 150 && delay < 250));
  const mean = within.reduce((sum, delay) => sum + delay, 0) / within.length;
  assert.ok(Math.abs(mean - 200) < 3, `mean ${mean}`);
  assert.ok(Math.min(...within) < 152 && Math.max(...within) > 248);
  assert.equal(Math.min(...delays('disk latency 10ms jitter 1s')), 0);
});
