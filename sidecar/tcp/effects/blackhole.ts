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

/** Do they hold what comes? They show as soon as there is something to hold. */
export function areHolding(
  holds: readonly FaultBy<'blackhole'>[],
  hasBytes: boolean,
  counters: TcpCounters,
): boolean {
  if (hasBytes) for (const hold of holds) countHitOnce(hold, counters);
  return holds.length > 0;
}

/** Of those that are not armed any more: what waits now is what they held. */
export function countHeld(
  holds: readonly FaultBy<'blackhole'>[],
  armed: ReadonlySet<string>,
  held: { readonly counters: TcpCounters; readonly waitingBytes: () => number },
): void {
  const ended = holds.filter(({ fault }) => !armed.has(fault.key));
  if (ended.length === 0) return;
  const bytes = held.waitingBytes();
  for (const { fault } of ended) {
    held.counters.count(fault.slot, 'bytes', 'matched', bytes);
    held.counters.count(fault.slot, 'bytes', 'injected', bytes);
  }
}
