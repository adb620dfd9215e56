/**
 * Time, passed in. The wall's for what is written down for others; the monotonic one for spans, since no
 * administrator can set it back.
 */
import { performance } from 'node:perf_hooks';

export interface Clock {
  wallMs(): number;
  monotonicMs(): number;
  /** Runs once after `ms`, and returns the way to call it off. */
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
