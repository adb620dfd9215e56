/** Runs something that opens things, and closes them however it ends: well, badly, or because it was told to stop. */
import { once } from 'node:events';
import { Closing } from './closing.js';

/**
 * When `signal` says stop, what is open is closed first, which unblocks whatever `body` waits for, and what
 * `body` still opened meanwhile is closed once it has ended.
 */
export async function stoppable<T>(signal: AbortSignal, body: (closing: Closing) => Promise<T>): Promise<T> {
  const closing = new Closing();
  const running = body(closing);
  const stopped = new AbortController();
  try {
    await Promise.race([running, once(signal, 'abort', { signal: stopped.signal }).catch(() => undefined)]);
    if (signal.aborted) await closing.close();
    return await running;
  } finally {
    stopped.abort();
    await closing.close();
  }
}
