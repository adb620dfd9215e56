import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audit, type Found, isWhole } from './audit.js';
import { type Entry, entryOf } from './entry.js';
import type { Outcome, Transaction } from './transaction.js';

const transaction = (id: number, outcome: Outcome): Transaction => ({
  id,
  startedMs: 0,
  endedMs: 1,
  outcome,
});

/** With the balances that these rows make. */
function found(...entries: readonly Entry[]): Found {
  const balances = new Map<number, number>(Array.from({ length: 500 }, (_, account) => [account, 0]));
  for (const { account, amount } of entries) balances.set(account, (balances.get(account) ?? 0) + amount);
  return { entries, balances };
}

test('every acknowledged row that is as it was written is present', () => {
  const told = [transaction(1, 'acknowledged'), transaction(2, 'acknowledged')];
  const result = audit(told, found(entryOf(1), entryOf(2)));
  assert.deepEqual([result.acknowledged, result.present, result.lost, result.wrong], [2, 2, 0, 0]);
  assert.ok(isWhole(result));
});

test('an acknowledged row that is not there is lost', () => {
  const result = audit([transaction(1, 'acknowledged'), transaction(2, 'acknowledged')], found(entryOf(2)));
  assert.deepEqual([result.present, result.lost, result.wrong], [1, 1, 0]);
  assert.ok(!isWhole(result));
});

test('a row that says something else is wrong, and not present', () => {
  const result = audit([transaction(1, 'acknowledged')], found({ ...entryOf(1), note: 'rotten' }));
  assert.deepEqual([result.present, result.lost, result.wrong], [0, 0, 1]);
  assert.ok(!isWhole(result));
});

test('a refused row that is there all the same is wrong', () => {
  const result = audit([transaction(1, 'refused'), transaction(2, 'refused')], found(entryOf(1)));
  assert.deepEqual([result.refused, result.wrong], [2, 1]);
  assert.ok(!isWhole(result));
});

test('a row of which nobody was told may be there or not', () => {
  const result = audit([transaction(1, 'unknown'), transaction(2, 'unknown')], found(entryOf(1)));
  assert.deepEqual(result.unknown, { there: 1, gone: 1 });
  assert.ok(isWhole(result));
});

test('a balance that is not the sum of its rows is off', () => {
  const whole = found(entryOf(1));
  const balances = new Map(whole.balances).set(entryOf(1).account, 7_000_000);
  const result = audit([transaction(1, 'acknowledged')], { ...whole, balances });
  assert.equal(result.wrongBalances, 1);
  assert.ok(!isWhole(result));
});
