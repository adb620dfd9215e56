/** `tcp latency D`: each chunk arrives later, none before the one that went before it. */
import { decideDelay } from '../../../faults/decide-tcp.js';
import type { TcpEffectOf } from '../../../faults/fault.js';
import type { Chunk, Delay } from '../connection/chunk.js';
import { countHitOnce, type FaultBy } from '../connection/connection-fault.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { FlowRule } from './effect-rule.js';

export const latency: FlowRule<TcpEffectOf<'latency'>> = {
  on: 'flow',
  join: ({ latencies }, fault) => latencies.push(fault),
  ending: null,
};

/** By how much a chunk that just arrived is late, and why. */
export function delaysOf(
  latencies: readonly FaultBy<'latency'>[],
  bytes: number,
  counters: TcpCounters,
): readonly Delay[] {
  const delays: Delay[] = [];
  for (const met of latencies) {
    const { fault } = met;
    const ms = decideDelay(fault, counters);
    if (ms === null) continue;
    delays.push({ fault, ms });
    countHitOnce(met, counters);
    counters.injected(fault.slot);
    counters.count(fault.slot, 'bytes', 'injected', bytes);
  }
  return delays;
}

export function dueOf(arrivedMs: number, delays: readonly Delay[]): number {
  let dueMs = arrivedMs;
  for (const { ms } of delays) dueMs += ms;
  return dueMs;
}

/** What a fault that ended had added is taken off what still waits; the order stays. */
export function withoutEnded(queue: readonly Chunk[], armed: ReadonlySet<string>): void {
  let earliestMs = 0;
  for (const chunk of queue) {
    const staying = chunk.delays.filter(({ fault }) => armed.has(fault.key));
    earliestMs = Math.max(earliestMs, dueOf(chunk.arrivedMs, staying));
    chunk.dueMs = earliestMs;
  }
}
