/** `tcp slow-close D`: the end of a connection arrives later. */
import type { TcpEffectOf } from '../../../faults/fault.js';
import { countHitOnce, type FaultBy } from '../connection/connection-fault.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { FlowRule } from './effect-rule.js';

export const slowClose: FlowRule<TcpEffectOf<'slow-close'>> = {
  on: 'flow',
  join: ({ slowCloses }, fault) => slowCloses.push(fault),
  ending: null,
};

/** By how much; several add up. */
export function closeDelay(slowCloses: readonly FaultBy<'slow-close'>[], counters: TcpCounters): number {
  let ms = 0;
  for (const met of slowCloses) {
    ms += met.fault.effect.delayMs;
    countHitOnce(met, counters);
  }
  return ms;
}
