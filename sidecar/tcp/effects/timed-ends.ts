/** `tcp reset after D` and `tcp blackhole close after D`: a connection ends so long after it met the fault. */
import type { ConnectionFault } from '../connection/connection-fault.js';
import { endingOf } from './effect-rules.js';

/** Those that end the connection by a time, the next one first. From `nowMs` on where they are new. */
export function timedEnds(faults: Iterable<ConnectionFault>, nowMs: number): readonly TimedEnd[] {
  const ends: TimedEnd[] = [];
  for (const fault of faults) {
    const { effect } = fault.fault;
    const lifeMs = endingOf(effect)?.lifeMsOf(effect) ?? null;
    if (lifeMs === null || fault.outcome !== 'hit') continue;
    fault.dueMs ??= nowMs + lifeMs;
    ends.push({ fault, dueMs: fault.dueMs });
  }
  return ends.sort((one, other) => one.dueMs - other.dueMs);
}

export interface TimedEnd {
  readonly fault: ConnectionFault;
  readonly dueMs: number;
}
