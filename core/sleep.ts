/** Waits that can be cut short. Whatever ends one, no timer and no listener is left of it. */
import type { Clock } from './clock.js';

export interface SleepOptions {
  readonly clock: Clock;
  /** Cuts it short; where it is aborted already, nothing is waited for. */
  readonly signal?: AbortSignal;
}

/** Resolves after `ms` of the clock, or when `signal` aborts; never rejects. */
export function sleep(ms: number, { clock, signal }: SleepOptions): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      callOff();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const callOff = clock.after(ms, done);
    signal?.addEventListener('abort', done);
  });
}

export interface TimeLimit<T> {
  readonly ms: number;
  readonly clock: Clock;
  /** What is said in place of `work` where the time is over. May throw. */
  late(): T;
}

/** Waits for `work`, but not for longer: it goes on unwaited for. Rejects as `work` does, while that is waited for. */
export async function inTime<T>(work: Promise<T>, { ms, clock, late }: TimeLimit<T>): Promise<T> {
  let callOff = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    callOff = clock.after(ms, resolve);
  });
  try {
    return await Promise.race([work, over.then(late)]);
  } finally {
    callOff();
  }
}

/** Whatever `work` comes to, if it does in time. */
export const within = (ms: number, work: Promise<unknown>, clock: Clock): Promise<void> =>
  inTime(
    work.then(() => undefined),
    { ms, clock, late: () => undefined },
  );
