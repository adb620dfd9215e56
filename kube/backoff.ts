/** How long to wait after the n-th failure in a row: doubling, capped, and between half and all of that by chance. */
import { kubeLimits } from './limits.js';

/** `failures` counts from 1; `random` gives 0 to 1. */
export function backoffMs(failures: number, random: () => number): number {
  const { first, most } = kubeLimits.backoffMs;
  const full = Math.min(most, first * 2 ** Math.min(failures - 1, 30));
  return full / 2 + (full / 2) * random();
}
