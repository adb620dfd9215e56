/** By how much one match of a latency is late: around what was asked, evenly both ways, and never early. */
import { roll } from './dice.js';

export interface Latency {
  readonly delayMs: number;
  readonly jitterMs: number;
}

export function delayOf({ delayMs, jitterMs }: Latency, seed: number, ordinal: number): number {
  const swing = jitterMs * (2 * roll(seed, ordinal, 'jitter') - 1);
  return Math.max(0, delayMs + swing);
}
