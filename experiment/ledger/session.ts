/** One client of the database: an operation after another, and a new connection whenever one ended badly. */
import { sleep } from '../../core/sleep.js';
import type { Connection } from './databases/database.js';
import { limits } from './limits.js';
import { type ReconnectOptions, reconnect } from './reconnect.js';

/** False: do not go on with this connection. It never rejects for what the database does. */
export type Operate = (connection: Connection) => Promise<boolean>;

export interface SessionOptions extends ReconnectOptions {
  /** Between two operations. */
  readonly pauseMs: number;
}

/** Operates until `signal`, and finishes the operation it is in. */
export async function runSession(options: SessionOptions, operate: Operate): Promise<void> {
  const { clock, signal } = options;
  const { first, longest } = limits.reconnectMs;
  let breakMs: number = first;
  while (!signal.aborted) {
    const connection = await reconnect(options);
    if (connection === null) return;
    try {
      while (!signal.aborted && (await operate(connection))) {
        breakMs = first;
        await sleep(options.pauseMs, { clock, signal });
      }
    } finally {
      connection.close();
    }
    // Who connects at once and is refused each time must not spin.
    await sleep(breakMs, { clock, signal });
    breakMs = Math.min(longest, breakMs * 2);
  }
}
