/** Which bits a corruption flips: the same seed chooses the same. */
import { roll } from './dice.js';

/** `count` different ones of `bits`, or all there are. */
export function chosenBits(seed: number, count: number, bits: number): ReadonlySet<number> {
  const chosen = new Set<number>();
  for (let ordinal = 0; chosen.size < Math.min(count, bits); ordinal++) {
    chosen.add(Math.floor(roll(seed, ordinal, 'flip') * bits));
  }
  return chosen;
}
