/** Waits for an answer, but not for longer than it may take. */
import type { Clock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';

export interface Bound {
  readonly ms: number;
  readonly clock: Clock;
  /** Who is waited for. */
  readonly who: string;
}

/** Rejects with `ledger.timeout`; the work goes on unwaited for. */
export async function bounded<T>(work: Promise<T>, { ms, clock, who }: Bound): Promise<T> {
  let callOff = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    callOff = clock.after(ms, () =>
      reject(new HavocError('ledger.timeout', `${who} did not answer within ${ms} ms`)),
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    callOff();
  }
}
