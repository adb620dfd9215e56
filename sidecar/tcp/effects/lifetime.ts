/** `tcp reset after D` and `tcp blackhole close after D`: a connection ends so long after it met the fault. */
import type { TcpEffect } from '../../../faults/fault.js';
import type { ConnectionFault } from '../connection/connection-fault.js';

/** Those that end the connection by a time, the next one first. From `nowMs` on where they are new. */
export function ending(verdicts: Iterable<ConnectionFault>, nowMs: number): readonly Ending[] {
  const endings: Ending[] = [];
  for (const verdict of verdicts) {
    const lifeMs = lifeOf(verdict.fault.effect);
    if (lifeMs === null || verdict.outcome !== 'hit') continue;
    verdict.dueMs ??= nowMs + lifeMs;
    endings.push({ verdict, dueMs: verdict.dueMs });
  }
  return endings.sort((one, other) => one.dueMs - other.dueMs);
}

export interface Ending {
  readonly verdict: ConnectionFault;
  readonly dueMs: number;
}

function lifeOf(effect: TcpEffect): number | null {
  if (effect.kind === 'reset' && effect.afterMs > 0) return effect.afterMs;
  return effect.kind === 'blackhole' ? effect.closeAfterMs : null;
}
