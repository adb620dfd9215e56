/**
 * Carries a decision out on one request, once its waiting is over: refused, cut, bounded, flipped, or let pass.
 * One effect a file beside this one; here is their order.
 */
import type { ActingParts } from '../../../faults/decision.js';
import { corrupt } from './corrupt.js';
import { refuse } from './error.js';
import { full } from './full.js';
import type { Outcome } from './outcome.js';
import { short } from './short.js';

/** Does its part, before and after what comes behind it; gives what `carryOn` gave, or something else in its place. */
export type ActingEffect = (outcome: Outcome, carryOn: () => number) => number;

/** What is refused is not cut, and no second error has a part in it. What is flipped is what the others left. */
const acting: Readonly<Record<keyof ActingParts, ActingEffect>> = {
  refusals: refuse,
  cuts: short,
  flips: corrupt,
  quotas: full,
};

const inOrder = Object.values(acting);

/** The payload's length or a negated errno, as a handler's. */
export const applyOutcome = (outcome: Outcome): number => applyFrom(0, outcome);

function applyFrom(index: number, outcome: Outcome): number {
  const effect = inOrder[index];
  if (effect === undefined) return outcome.handler(outcome.volume, outcome.request);
  return effect(outcome, () => applyFrom(index + 1, outcome));
}
