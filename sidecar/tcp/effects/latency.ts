/** `tcp latency D`: each chunk arrives later, none before the one that went before it. */
import { decideDelay } from '../../../faults/decide-tcp.js';
import type { Chunk, Delay } from '../connection/chunk.js';
import { type ConnectionFault, show } from '../connection/connection-fault.js';
import type { TcpCounters } from '../tcp-counters.js';

/** By how much a chunk that just arrived is late, and why. */
export function delaysOf(
  latencies: readonly ConnectionFault[],
  bytes: number,
  counters: TcpCounters,
): readonly Delay[] {
  const delays: Delay[] = [];
  for (const verdict of latencies) {
    const { fault } = verdict;
    const ms = decideDelay(fault, counters);
    if (ms === null) continue;
    delays.push({ fault, ms });
    show(verdict, counters);
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
