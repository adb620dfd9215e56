/**
 * `disk latency D`: a request waits that long, counted from its arrival. Several delays add up, and end together.
 */
import type { Delay } from '../../../faults/decision.js';
import type { Holding } from './holding.js';

export interface DelayHold extends Delay {
  readonly kind: 'delay';
}

/** A delay of nothing, as jitter may have it, holds nobody up. */
export const delaying: Holding<Delay, DelayHold> = {
  holdOf: (delay) => ({ kind: 'delay', ...delay }),
  holdsUp: ({ ms }) => ms > 0,
};

/** How long all delays among these are together. */
export const delayMsOf = (holds: readonly (DelayHold | OtherHold)[]): number =>
  holds.reduce((sum, hold) => sum + (hold.kind === 'delay' ? hold.ms : 0), 0);

interface OtherHold {
  readonly kind: 'token' | 'freeze';
}
