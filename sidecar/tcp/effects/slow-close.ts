/** `tcp slow-close D`: the end of a connection arrives later. */

import { type ConnectionFault, show } from '../connection/connection-fault.js';
import type { TcpCounters } from '../tcp-counters.js';

/** By how much; several add up. */
export function closeDelay(slowCloses: readonly ConnectionFault[], counters: TcpCounters): number {
  let ms = 0;
  for (const verdict of slowCloses) {
    const { effect } = verdict.fault;
    if (effect.kind !== 'slow-close') continue;
    ms += effect.delayMs;
    show(verdict, counters);
  }
  return ms;
}
