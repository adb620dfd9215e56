/** The line that changes while the demo runs: what the last second was like. */
import type { Transaction } from './transaction.js';

const windowMs = 1000;

export function liveStatus(transactions: readonly Transaction[], nowMs: number, ofSeconds: number): string {
  const recent = lastOf(transactions, nowMs - windowMs);
  const acknowledged = recent.filter(({ outcome }) => outcome === 'acknowledged');
  const latencies = recent
    .map(({ startedMs, endedMs }) => endedMs - startedMs)
    .sort((one, other) => one - other);
  const median = latencies[Math.floor(latencies.length / 2)];
  const failed = recent.length - acknowledged.length;
  return [
    `  ${(nowMs / 1000).toFixed(0).padStart(2)} s of ${ofSeconds} s`,
    `${acknowledged.length} transactions/s`,
    median === undefined ? 'none answered' : `median ${median.toFixed(1)} ms`,
    ...(failed > 0 ? [`${failed} refused or cut off`] : []),
  ].join('  ·  ');
}

/** They are recorded in the order in which they end. */
function lastOf(transactions: readonly Transaction[], sinceMs: number): readonly Transaction[] {
  const first = transactions.findLastIndex(({ endedMs }) => endedMs < sinceMs) + 1;
  return transactions.slice(first);
}
