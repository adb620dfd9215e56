/** Tries again what an API server that is busy, starting or unreachable for a moment did not do. */
import type { Clock } from '../../../core/clock.js';
import { hasCode } from '../../../core/havoc-error.js';
import { sleep } from '../../../core/sleep.js';
import { stopLimits } from './stop-limits.js';

/** Rejects with the last failure; at once with one that stays. */
export async function persist<T>(work: () => Promise<T>, clock: Clock): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries >= stopLimits.tries || !passes(error)) throw error;
      await sleep(stopLimits.retryMs * 2 ** (tries - 1), { clock });
    }
  }
}

const passes = (error: unknown): boolean =>
  hasCode(error, 'kube.conflict', 'kube.timeout', 'kube.unreachable', 'kube.busy', 'kube.status');
