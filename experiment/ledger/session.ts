/** One client of the database: an operation after another, and a new connection whenever one ended badly. */
import { sleep } from '../../core/sleep.js';
import type { Connection } from './databases/database.js';
import { limits } from './limits.js';
import { type ReconnectOptions, reconnect } from './reconnect.js';

/** False: do not go on with this connection. It never rejects for what the database does. */
export type Operate = (connection: Connection) => Promise<boolean>;

/** Operates until `signal`, and finishes the operation it is in. */
export async function runSession(options: ReconnectOptions, operate: Operate): Promise<void> {
  const { clock, signal } = options;
  const { first, longest } = limits.reconnectMs;
  let pauseMs: number = first;
  while (!signal.aborted) {
    const connection = await reconnect(options);
    if (connection === null) return;
    try {
      while (!signal.aborted && (await operate(connection))) {
        pauseMs = first;
        await sleep(limits.pauseMs, { clock, signal });
      }
    } finally {
      connection.close();
    }
    // Who connects at once and is refused each time must not spin.
    await sleep(pauseMs, { clock, signal });
    pauseMs = Math.min(longest, pauseMs * 2);
  }
}
