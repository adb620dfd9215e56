/** A connection, however long the database stays away: with pauses that grow, until it is called off. */
import type { Clock } from '../../core/clock.js';
import { sleep } from '../../core/sleep.js';
import type { Connection } from './databases/database.js';
import { limits } from './limits.js';

export interface ReconnectOptions {
  readonly connect: () => Promise<Connection>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Null when it was called off. */
export async function reconnect({ connect, clock, signal }: ReconnectOptions): Promise<Connection | null> {
  const { first, longest } = limits.reconnectMs;
  for (let pauseMs: number = first; !signal.aborted; pauseMs = Math.min(longest, pauseMs * 2)) {
    const connection = await connect().catch(() => null);
    if (connection !== null) return connection;
    await sleep(pauseMs, { clock, signal });
  }
  return null;
}
