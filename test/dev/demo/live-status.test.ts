import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveStatus } from '../../../dev/demo/live-status.js';
import type { Outcome, Transaction } from '../../../dev/demo/transaction.js';

const ended = (endedMs: number, tookMs: number, outcome: Outcome = 'acknowledged'): Transaction => ({
  id: 1,
  startedMs: endedMs - tookMs,
  endedMs,
  outcome,
});

test('the status tells of the last second alone', () => {
  const transactions = [ended(100, 50), ended(9100, 4), ended(9200, 6), ended(9900, 20, 'refused')];
  assert.equal(
    liveStatus(transactions, 10_000, 76),
    '  10 s of 76 s  ·  2 transactions/s  ·  median 6.0 ms  ·  1 refused or cut off',
  );
});

test('a second without an answer says so', () => {
  assert.equal(
    liveStatus([ended(100, 50)], 10_000, 76),
    '  10 s of 76 s  ·  0 transactions/s  ·  none answered',
  );
});
