/** How long acknowledged writes took. */
export interface Latency {
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Nearest rank. Null without any write. */
export function latencyOf(tookMs: Float32Array): Latency | null {
  if (tookMs.length === 0) return null;
  const sorted = tookMs.toSorted();
  const at = (share: number): number => {
    const ms = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return Math.round(ms * 1000) / 1000;
  };
  return { p50Ms: at(0.5), p90Ms: at(0.9), p99Ms: at(0.99), maxMs: at(1) };
}
