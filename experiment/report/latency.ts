/** How long measurements took, in the figures that operators read. */

export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Null where nothing was measured. By nearest rank: each figure is one that was measured. */
export function latencyOf(tookMs: readonly number[]): Latency | null {
  const sorted = tookMs.toSorted((one, other) => one - other);
  const max = sorted.at(-1);
  if (max === undefined) return null;
  const rank = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? max;
  return { p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max };
}
