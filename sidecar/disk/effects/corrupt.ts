/**
 * `disk corrupt N bits`: bits of the reply are flipped on its way out. The file is never written.
 *
 * Pages of a mapping that is stored into go back to the file as they are, flipped bits included. Reads that fill such
 * pages match and pass, from the first time on that the kernel wrote some of them back.
 */
import { chosenBits } from '../../../faults/chosen-bits.js';
import type { Flip } from '../../../faults/decision.js';
import { fillsPageCache } from '../passthrough/kernel-use.js';
import type { Counters } from '../state/counters.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';
import type { Outcome } from './outcome.js';

export function corrupt(
  { volume, counters, request, decision: { flips } }: Outcome,
  carryOn: () => number,
): number {
  const result = carryOn();
  if (flips.length > 0 && result > 0 && isCorruptible(volume, request))
    flipBits(counters, request, result, flips);
  return result;
}

/** Flips `flip.bits` different bits, or all there are, of the payload's first `bytes`. */
export function flipBits(counters: Counters, request: Exchange, bytes: number, flips: readonly Flip[]): void {
  for (const flip of flips) {
    for (const bit of chosenBits(flip.seed, flip.bits, bytes * 8)) request.flipPayloadBit(bit);
    counters.injected(flip.slot);
  }
}

/** Does a request bring bytes that may be flipped? */
const isCorruptible = ({ inodes }: Volume, request: Exchange): boolean =>
  request.opcode === opcode.READ && !(fillsPageCache(request) && inodes.use.isStoredInto(request.nodeid));
