/** `disk corrupt N bits`: bits of the reply are flipped on its way out. The file is never written. */
import type { Flip } from '../../../faults/decision.js';
import { roll } from '../../../faults/dice.js';
import type { Counters } from '../state/counters.js';
import type { Exchange } from '../wire/exchange.js';

/** Flips `flip.bits` different bits, or all there are, of the payload's first `bytes`. */
export function corrupt(counters: Counters, x: Exchange, bytes: number, flips: readonly Flip[]): void {
  for (const flip of flips) {
    const bits = bytes * 8;
    const chosen = new Set<number>();
    for (let ordinal = 0; chosen.size < Math.min(flip.bits, bits); ordinal++) {
      chosen.add(Math.floor(roll(flip.seed, ordinal, 'flip') * bits));
    }
    for (const bit of chosen) x.flipPayloadBit(bit);
    counters.injected(flip.slot);
  }
}
