/** From milliseconds of the run to units of a drawing, and the moments that its axis names. */

export interface Scale {
  readonly left: number;
  readonly right: number;
  x(atMs: number): number;
}

export function scaleOf(durationMs: number, { left, right }: { left: number; right: number }): Scale {
  const perMs = (right - left) / Math.max(1, durationMs);
  return { left, right, x: (atMs) => left + Math.min(Math.max(0, atMs), durationMs) * perMs };
}

const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];

/** As many as have room, at round times. */
export function ticks(durationMs: number, most: number): readonly number[] {
  const least = durationMs / 1000 / most;
  const step = (steps.find((seconds) => seconds >= least) ?? Math.ceil(least / 86_400) * 86_400) * 1000;
  return Array.from({ length: Math.floor(durationMs / step) + 1 }, (_, index) => index * step);
}

/** Powers of ten of a millisecond around these times, at least one decade. */
export function decades(tookMs: readonly number[]): readonly number[] {
  const [least, most] = tookMs.reduce(
    ([low, high], ms) => [Math.min(low, ms), Math.max(high, ms)],
    [Number.POSITIVE_INFINITY, 0],
  );
  const low = Math.floor(Math.log10(Math.max(0.1, Math.min(least, most))));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(0.1, most))));
  return Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
}
