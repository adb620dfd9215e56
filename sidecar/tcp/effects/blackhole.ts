/** `tcp blackhole [close after D]`: bytes stay where they are, most of them with the kernel, until the fault ends. */
import type { TcpEffectOf } from '../../../faults/fault.js';
import { countHitOnce, type FaultBy } from '../connection/connection-fault.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { FlowRule } from './effect-rule.js';

export const blackhole: FlowRule<TcpEffectOf<'blackhole'>> = {
  on: 'flow',
  join: ({ holds }, fault) => holds.push(fault),
  ending: {
    quotaOf: () => Number.POSITIVE_INFINITY,
    lifeMsOf: ({ closeAfterMs }) => closeAfterMs,
    how: 'cut off',
  },
};

/** There is something that waits for them. */
export function countHolding(holds: readonly FaultBy<'blackhole'>[], counters: TcpCounters): void {
  for (const hold of holds) countHitOnce(hold, counters);
}

/** They have ended: what waits now, `waitingBytes` of it, is what they held. */
export function countHeld(
  ended: readonly FaultBy<'blackhole'>[],
  waitingBytes: number,
  counters: TcpCounters,
): void {
  for (const { fault } of ended) {
    counters.count(fault.slot, 'bytes', 'matched', waitingBytes);
    counters.count(fault.slot, 'bytes', 'injected', waitingBytes);
  }
}
