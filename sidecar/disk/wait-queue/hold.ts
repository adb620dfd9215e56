/**
 * Why a request waits: one hold for each fault that makes it wait. It goes on when it has none any more. Delays add up
 * and end together, counted from the request's arrival; each throttle has a token for it at its own time; a freeze ends
 * with its fault alone. And every hold ends with its own fault, at once.
 */
import type { Delay, DiskDecision, Throttle } from '../../../faults/decision.js';

export type Hold =
  | ({ readonly kind: 'delay' } & Delay)
  | ({ readonly kind: 'token' } & Throttle)
  | { readonly kind: 'freeze'; readonly slot: number };

export const holdsOf = ({ delays, throttles, freezes }: DiskDecision): readonly Hold[] => [
  ...delays.map((delay): Hold => ({ kind: 'delay', ...delay })),
  ...throttles.map((throttle): Hold => ({ kind: 'token', ...throttle })),
  ...freezes.map((slot): Hold => ({ kind: 'freeze', slot })),
];

/** A delay of nothing, as jitter may have it, holds nobody up. */
export const mustWait = ({ delays, throttles, freezes }: DiskDecision): boolean =>
  throttles.length > 0 || freezes.length > 0 || delays.some(({ ms }) => ms > 0);

/** How long all delays among these are together. */
export const delayMsOf = (holds: readonly Hold[]): number =>
  holds.reduce((sum, hold) => sum + (hold.kind === 'delay' ? hold.ms : 0), 0);
