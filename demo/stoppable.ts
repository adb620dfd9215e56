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
  const ended = new AbortController();
  try {
    await Promise.race([running, abortOf(signal, ended.signal)]);
    if (signal.aborted) await closing.close();
    return await running;
  } finally {
    ended.abort();
    await closing.close();
  }
}

/** Resolves when `signal` has aborted, or when nobody waits for it any more. */
async function abortOf(signal: AbortSignal, ended: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await once(signal, 'abort', { signal: ended }).catch(() => undefined);
}
