/** Latency on a logarithmic axis: milliseconds and seconds in one picture. */
export interface LogScale {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** From 1 ms to the first power of ten that holds every value, one second at least. */
export const logScaleFor = (largestMs: number): LogScale => ({
  leastMs: 1,
  mostMs: 10 ** Math.max(3, Math.ceil(Math.log10(Math.max(1, largestMs)))),
});

/** 0 at the bottom, 1 at the top. */
export function heightOf(scale: LogScale, ms: number): number {
  const share = Math.log(ms / scale.leastMs) / Math.log(scale.mostMs / scale.leastMs);
  return Math.min(1, Math.max(0, share));
}

export function ticks({ leastMs, mostMs }: LogScale): readonly number[] {
  const count = Math.round(Math.log10(mostMs / leastMs));
  return Array.from({ length: count + 1 }, (_, power) => leastMs * 10 ** power);
}

export const duration = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`);
