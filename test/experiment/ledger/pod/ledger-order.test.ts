/** What is an order to a pod that keeps ledgers, and what is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readLedgerOrder } from '../../../../experiment/ledger/pod/ledger-order.js';

const order = {
  ...{ run: '7f1c2f5e-0000-4000-8000-0123456789ab', want: 'write', until: '2026-12-01T10:00:00.000Z' },
  ...{ writers: 4, readers: 1, operationTimeoutMs: 5000 },
};

test('an order is read as it was written', () => {
  assert.deepEqual(readLedgerOrder(JSON.stringify(order)), order);
});

test('what is no order is none, also where it would be a path', () => {
  const bad = [
    ...['', 'write', '{', '[]', '"write"', JSON.stringify({})],
    ...['../../etc', 'x', '', `${order.run}/..`].map((run) => JSON.stringify({ ...order, run })),
    JSON.stringify({ ...order, want: 'remove' }),
    JSON.stringify({ ...order, until: 'tomorrow' }),
    JSON.stringify({ ...order, writers: 0 }),
    JSON.stringify({ ...order, writers: 1e9 }),
    JSON.stringify({ ...order, operationTimeoutMs: 1e9 }),
  ];
  for (const text of bad) assert.equal(readLedgerOrder(text), null, text);
});
