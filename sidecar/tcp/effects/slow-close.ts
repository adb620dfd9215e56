/** `tcp slow-close D`: the end of a connection arrives later. */

import { show, type Verdict } from '../connection/verdict.js';
import type { TcpCounters } from '../tcp-counters.js';

/** By how much; several add up. */
export function closeDelay(slowCloses: readonly Verdict[], counters: TcpCounters): number {
  let ms = 0;
  for (const verdict of slowCloses) {
    const { effect } = verdict.fault;
    if (effect.kind !== 'slow-close') continue;
    ms += effect.delayMs;
    show(verdict, counters);
  }
  return ms;
}
