/** `disk corrupt N bits`: bits of the reply are flipped on its way out. The file is never written. */
import { chosenBits } from '../../../faults/chosen-bits.js';
import type { Flip } from '../../../faults/decision.js';
import type { Counters } from '../state/counters.js';
import type { Exchange } from '../wire/exchange.js';

/** Flips `flip.bits` different bits, or all there are, of the payload's first `bytes`. */
export function corrupt(counters: Counters, x: Exchange, bytes: number, flips: readonly Flip[]): void {
  for (const flip of flips) {
    for (const bit of chosenBits(flip.seed, flip.bits, bytes * 8)) x.flipPayloadBit(bit);
    counters.injected(flip.slot);
  }
}
