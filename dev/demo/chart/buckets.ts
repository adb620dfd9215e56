/**
 * Transactions, gathered by time for a chart.
 *
 * Latency is that of the transactions in flight: one that waits for four seconds is slow during all four
 * of them, so a frozen disk shows as the plateau it is and not as a gap. Outcomes are counted where they end.
 */
import type { Transaction } from '../transaction.js';

export interface Bucket {
  readonly fromMs: number;
  /** Of the transactions in flight; absent when there were none. */
  readonly latency?: { readonly p50Ms: number; readonly p95Ms: number; readonly maxMs: number };
  readonly acknowledged: number;
  /** Refused or unknown. */
  readonly failed: number;
}

export interface BucketsOptions {
  readonly durationMs: number;
  readonly count: number;
}

export function buckets(transactions: readonly Transaction[], options: BucketsOptions): readonly Bucket[] {
  const { durationMs, count } = options;
  const index = (ms: number): number =>
    Math.min(count - 1, Math.max(0, Math.floor((ms / durationMs) * count)));
  const drafts = Array.from({ length: count }, (): Draft => ({ latencies: [], acknowledged: 0, failed: 0 }));
  for (const { startedMs, endedMs, outcome } of transactions) {
    const last = index(endedMs);
    for (const draft of drafts.slice(index(startedMs), last + 1)) draft.latencies.push(endedMs - startedMs);
    const end = drafts[last];
    if (!end) continue;
    if (outcome === 'acknowledged') end.acknowledged += 1;
    else end.failed += 1;
  }
  return drafts.map((draft, position) => finished(draft, (position * durationMs) / count));
}

interface Draft {
  readonly latencies: number[];
  acknowledged: number;
  failed: number;
}

function finished({ latencies, acknowledged, failed }: Draft, fromMs: number): Bucket {
  if (latencies.length === 0) return { fromMs, acknowledged, failed };
  const sorted = latencies.sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return { fromMs, latency: { p50Ms: at(0.5), p95Ms: at(0.95), maxMs: at(1) }, acknowledged, failed };
}
