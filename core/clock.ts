/**
 * Time, passed in. There are two clocks: the wall's, which people and restarts agree on, and one for spans that no
 * administrator or NTP daemon can set back, so that a fault never outlives the span its sentence gave it.
 */
import { performance } from 'node:perf_hooks';

export interface Clock {
  wallMs(): number;
  monotonicMs(): number;
  /** Runs once after `ms`, and returns the way to call it off. Whoever owns the wait calls it off when closed. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
