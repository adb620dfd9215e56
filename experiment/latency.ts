/** How long writes or measurements took, in the figures that operators read. */
export interface Latency {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** By nearest rank: each figure is one that was measured. Null where nothing was. */
export function latencyOf(tookMs: Float32Array | readonly number[]): Latency | null {
  if (tookMs.length === 0) return null;
  const sorted = Float64Array.from(tookMs).toSorted();
  const at = (share: number): number => {
    const ms = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return Math.round(ms * 1000) / 1000;
  };
  return { p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) };
}
