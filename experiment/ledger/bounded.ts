/** Waits for an answer, but not for longer than it may take. */
import type { Clock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';
import { inTime } from '../../core/sleep.js';

export interface Bound {
  readonly ms: number;
  readonly clock: Clock;
  /** Who is waited for. */
  readonly who: string;
}

/** Rejects with `ledger.timeout`; the work goes on unwaited for. */
export const bounded = <T>(work: Promise<T>, { ms, clock, who }: Bound): Promise<T> =>
  inTime(work, {
    ms,
    clock,
    late: () => {
      throw new HavocError('ledger.timeout', `${who} did not answer within ${ms} ms`);
    },
  });
