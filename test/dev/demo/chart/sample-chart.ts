/**
 * A small chart: calm, a plateau of four seconds under one fault, one refusal under another, one slow transaction
 * between; and a replica that falls behind under the second, and of which nothing is known under the first.
 */
import type { Chart } from '../../../../dev/demo/chart/chart.js';
import type { LagSample } from '../../../../dev/demo/replica/lag.js';
import type { Transaction } from '../../../../dev/demo/transaction.js';

const calm = (startedMs: number): Transaction => ({
  id: startedMs,
  startedMs,
  endedMs: startedMs + 10,
  outcome: 'acknowledged',
});

const frozen: Transaction = { id: 1, startedMs: 3000, endedMs: 7000, outcome: 'acknowledged' };
const single: Transaction = { id: 3, startedMs: 10_000, endedMs: 10_400, outcome: 'acknowledged' };
const refused: Transaction = { id: 2, startedMs: 14_000, endedMs: 14_010, outcome: 'refused' };

/** Seven megabytes at 15.5 s, level from then on. */
const lag: readonly LagSample[] = Array.from({ length: 40 }, (_, index) => index * 500)
  .filter((atMs) => atMs < 3000 || atMs > 7000)
  .map((atMs) => ({
    atMs,
    bytes: atMs > 12_000 && atMs < 16_000 ? (atMs - 12_000) * 2000 : 0,
    senderPid: 7,
  }));

export const sampleChart: Chart = {
  title: 'A <disk> & its "faults"',
  verdict: '39 transactions acknowledged',
  durationMs: 20_000,
  transactions: [
    ...Array.from({ length: 40 }, (_, index) => calm(index * 500)).filter(
      ({ startedMs }) => startedMs < 3000 || startedMs > 7000,
    ),
    frozen,
    single,
    refused,
  ],
  spans: [
    { title: 'freeze', told: 'disk freeze', proof: 'hit 1 of 1', fromMs: 3000, toMs: 7000 },
    { title: 'EIO', told: 'disk error EIO', proof: 'hit 1 of 9', fromMs: 13_000, toMs: 16_000 },
  ],
  lag,
};
