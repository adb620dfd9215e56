/** `tcp corrupt N bits`: bits are flipped in the payload, once in each connection that is hit. */
import { chosenBits } from '../../../faults/chosen-bits.js';
import { draw } from '../../../faults/dice.js';
import type { TcpEffectOf } from '../../../faults/fault.js';
import { countHitOnce, type FaultBy } from '../connection/connection-fault.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { FlowRule } from './effect-rule.js';

export const corruption: FlowRule<TcpEffectOf<'corrupt'>> = {
  on: 'flow',
  join: ({ flips }, fault) => flips.push(fault),
  ending: null,
};

export interface Payload {
  readonly bytes: Uint8Array;
  readonly isTls: boolean;
  /** Tells one connection's bits from another's. */
  readonly ordinal: number;
}

/** TLS would notice, and the program see an abort instead of wrong data: there it takes `tls` to flip. */
export function corrupt(flips: readonly FaultBy<'corrupt'>[], payload: Payload, counters: TcpCounters): void {
  for (const flip of flips) {
    const { fault } = flip;
    if (flip.hasShown || (payload.isTls && !fault.effect.tls)) continue;
    const seed = draw(fault.seed, payload.ordinal, 'flip');
    for (const bit of chosenBits(seed, fault.effect.bits, payload.bytes.length * 8)) {
      const at = bit >>> 3;
      payload.bytes[at] = (payload.bytes[at] ?? 0) ^ (1 << (bit & 7));
    }
    countHitOnce(flip, counters);
    counters.count(fault.slot, 'bytes', 'injected', payload.bytes.length);
  }
}
