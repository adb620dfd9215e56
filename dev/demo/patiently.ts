/** Asks again for a while: who serves a disk is away for a moment after it was killed, and its successor serves the disk first. */
import { setTimeout as wait } from 'node:timers/promises';

export interface Patience {
  readonly forMs: number;
  readonly betweenMs: number;
  /** Anything else that goes wrong is told at once. */
  readonly isAway: (error: unknown) => boolean;
}

export async function patiently<T>(
  ask: () => Promise<T>,
  { forMs, betweenMs, isAway }: Patience,
): Promise<T> {
  const deadline = performance.now() + forMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isAway(error) || performance.now() > deadline) throw error;
      await wait(betweenMs);
    }
  }
}
