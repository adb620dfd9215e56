import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latencyOf } from '../../../experiment/latency.js';
import { unavailableSpans } from '../../../experiment/ledger/availability.js';
import type { Counts } from '../../../experiment/ledger/classify.js';
import type { FoundTable } from '../../../experiment/ledger/found-table.js';
import type { FlawedRead, History } from '../../../experiment/ledger/history.js';
import type { ReadBack } from '../../../experiment/ledger/read-back.js';
import type { RegistersResult } from '../../../experiment/ledger/registers/check-registers.js';
import { type LedgerResult, latencyBetween, ledgerResult } from '../../../experiment/ledger/result.js';
import type { Outcome } from '../../../experiment/ledger/write-table.js';
import type { DataVerdict } from '../../../experiment/verdict.js';
import { foundOf, historyOf } from './history-of.js';

interface Case {
  readonly name: string;
  readonly outcomes: Readonly<Record<number, Outcome>>;
  readonly reads?: readonly FlawedRead[];
  readonly found: readonly FoundTable[];
  readonly data: DataVerdict;
  readonly message: string;
  readonly counts: Partial<Counts>;
}

const acknowledged = { 1: 'acknowledged', 2: 'acknowledged', 3: 'acknowledged' } as const;
const missing = (number: number): FlawedRead => ({ number, flaw: 'missing', startedMs: 200 });
const altered = (number: number): FlawedRead => ({ number, flaw: 'altered', startedMs: 200 });

const cases: readonly Case[] = [
  {
    name: 'all that was acknowledged is there',
    outcomes: acknowledged,
    found: [foundOf(1, 2, 3)],
    data: 'Intact',
    message: 'all 3 acknowledged writes are there',
    counts: { acknowledged: 3, lost: 0, stale: 0, duplicated: 0, corrupt: 0 },
  },
  {
    name: 'one that was acknowledged is not there',
    outcomes: acknowledged,
    found: [foundOf(1, 3)],
    data: 'Lost',
    message: '1 of 3 acknowledged writes is lost',
    counts: { lost: 1 },
  },
  {
    name: 'one of two addresses lacks a write',
    outcomes: acknowledged,
    found: [foundOf(1, 2, 3), foundOf(3)],
    data: 'Lost',
    message: '2 of 3 acknowledged writes are lost',
    counts: { lost: 2, duplicated: 0 },
  },
  {
    name: 'an entry is altered: it is corrupt, and not lost as well',
    outcomes: acknowledged,
    found: [foundOf(1, [2, 'other'], 3)],
    data: 'Corrupt',
    message: '1 entry is not as written',
    counts: { corrupt: 1, lost: 0 },
  },
  {
    name: 'the number of an entry is altered: that one is corrupt, and the write is lost',
    outcomes: acknowledged,
    found: [foundOf(1, 3, [2 ** 40, '2 value'])],
    data: 'Lost',
    message: '1 of 3 acknowledged writes is lost; 1 entry is not as written',
    counts: { corrupt: 1, lost: 1 },
  },
  {
    name: 'a write is there twice',
    outcomes: acknowledged,
    found: [foundOf(1, 2, 2, 3)],
    data: 'Corrupt',
    message: '1 write is there more than once',
    counts: { duplicated: 1 },
  },
  {
    name: 'a refused write is there',
    outcomes: { 1: 'acknowledged', 2: 'refused', 3: 'refused' },
    found: [foundOf(1, 3)],
    data: 'Corrupt',
    message: '1 refused write is there',
    counts: { refused: { there: 1, gone: 1 } },
  },
  {
    name: 'writes without an answer may be there or not',
    outcomes: { 1: 'acknowledged', 2: 'unknown', 3: 'unknown' },
    found: [foundOf(1, 3)],
    data: 'Intact',
    message:
      'the one acknowledged write is there; 2 writes got no answer, 1 there and 1 not, and both are right',
    counts: { unknown: { there: 1, gone: 1 } },
  },
  {
    name: 'a write that nobody could remember any more counts as one without an answer',
    outcomes: { 1: 'acknowledged' },
    found: [foundOf(1, 2)],
    data: 'Intact',
    message:
      'the one acknowledged write is there; 1 write got no answer, 1 there and 0 not, and both are right',
    counts: { unknown: { there: 1, gone: 0 } },
  },
  {
    name: 'a write that a later read did not see is stale, and each counts once',
    outcomes: acknowledged,
    reads: [missing(2), missing(2), missing(3)],
    found: [foundOf(1, 2, 3)],
    data: 'Intact',
    message: 'all 3 acknowledged writes are there; 2 writes were not seen by a later read',
    counts: { stale: 2, lost: 0 },
  },
  {
    name: 'a write that is lost is not stale as well',
    outcomes: acknowledged,
    reads: [missing(2)],
    found: [foundOf(1, 3)],
    data: 'Lost',
    message: '1 of 3 acknowledged writes is lost',
    counts: { stale: 0, lost: 1 },
  },
  {
    name: 'what a read found altered is corrupt, though it is whole in the end',
    outcomes: acknowledged,
    reads: [altered(2), altered(2)],
    found: [foundOf(1, 2, 3)],
    data: 'Corrupt',
    message: '1 entry is not as written',
    counts: { corrupt: 1 },
  },
  {
    name: 'nothing was acknowledged',
    outcomes: { 1: 'refused', 2: 'unknown' },
    found: [foundOf(2)],
    data: 'Unknown',
    message: 'no write was acknowledged',
    counts: { acknowledged: 0 },
  },
  {
    name: 'nothing was done at all',
    outcomes: {},
    found: [foundOf()],
    data: 'Unknown',
    message: 'no write was acknowledged',
    counts: { acknowledged: 0, unknown: { there: 0, gone: 0 } },
  },
];

const unused: RegistersResult = { registers: null, registerOperations: 0, illegalRegisters: [] };

const resultOf = (history: History, readBack: ReadBack): LedgerResult =>
  ledgerResult(history, readBack, unused);

const read = (...found: readonly FoundTable[]): ReadBack => ({
  kind: 'read',
  found: found.map((entries) => ({ entries, registers: [] })),
});

for (const { name, outcomes, reads, found, data, message, counts } of cases) {
  test(`ledgerResult() when ${name}`, () => {
    const result = resultOf(historyOf(outcomes, reads), read(...found));
    assert.deepEqual({ data: result.data, message: result.message }, { data, message });
    for (const [key, count] of Object.entries(counts))
      assert.deepEqual(result[key as keyof Counts], count, key);
  });
}

test('ledgerResult() is Unknown where nothing could be read back, and holds nothing against anything', () => {
  const result = resultOf(historyOf(acknowledged), { kind: 'failed', why: 'db: refused' });
  assert.equal(result.data, 'Unknown');
  assert.equal(result.message, 'what is there could not be read back: db: refused');
  assert.equal(result.lost, 0);
});

test('ledgerResult() is Corrupt where readers saw damage, though nothing could be read back', () => {
  const result = resultOf(historyOf(acknowledged, [altered(1)]), { kind: 'failed', why: 'away' });
  assert.deepEqual([result.data, result.message], ['Corrupt', '1 entry is not as written']);
});

test('ledgerResult() is Corrupt where the database says that its data is damaged', () => {
  const result = resultOf(historyOf(acknowledged), { kind: 'damaged', why: 'invalid page' });
  assert.equal(result.data, 'Corrupt');
  assert.equal(result.message, 'the database says that its data is damaged: invalid page');
});

test('ledgerResult() gives the first few examples of each flaw, with their times', () => {
  const many = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [index + 1, 'acknowledged' as const]),
  );
  const { examples, lost } = resultOf(historyOf(many), read(foundOf(1)));
  assert.equal(lost, 8);
  assert.deepEqual(examples.lost.slice(0, 2), [
    { number: 2, atMs: 22 },
    { number: 3, atMs: 33 },
  ]);
  assert.equal(examples.lost.length, 5);
});

test('unavailableSpans() are the spans of a second and more without an acknowledged write', () => {
  const times = Float64Array.of(2500, 500, 900, 2600, 3599);
  assert.deepEqual(unavailableSpans(times, 6000), [
    { fromMs: 900, toMs: 2500 },
    { fromMs: 3599, toMs: 6000 },
  ]);
  assert.deepEqual(unavailableSpans(new Float64Array(), 999), []);
  assert.deepEqual(unavailableSpans(new Float64Array(), 5000), [{ fromMs: 0, toMs: 5000 }]);
});

test('latencyOf() takes the nearest rank, and says nothing of nothing', () => {
  assert.equal(latencyOf(new Float32Array()), null);
  const hundred = Float32Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.deepEqual(latencyOf(hundred), { p50Ms: 50, p90Ms: 90, p99Ms: 99, maxMs: 100 });
});

test('latencyBetween() counts the writes that were acknowledged within the span', () => {
  const history = historyOf({ ...acknowledged, 4: 'unknown' });
  assert.deepEqual(latencyBetween(history, { fromMs: 20, toMs: 50 }), {
    p50Ms: 2,
    p90Ms: 3,
    p99Ms: 3,
    maxMs: 3,
  });
  assert.equal(latencyBetween(history, { fromMs: 40, toMs: 50 }), null);
});
