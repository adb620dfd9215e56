/**
 * Carries a decision out on one request, once its waiting is over: refused, cut, flipped, or let pass.
 * One effect a file beside this one; here is their order.
 */
import { corrupt, isCorruptible } from './corrupt.js';
import { refused } from './error.js';
import { withinQuota } from './full.js';
import type { Outcome } from './outcome.js';
import { cut } from './short.js';

/** The payload's length or a negated errno, as a handler's. What is refused is not cut, and no second error has a part in it. */
export function applyOutcome(outcome: Outcome): number {
  const { volume, counters, x, handler, decision } = outcome;
  const [refusal] = decision.refusals;
  if (refusal) return refused(outcome, refusal);
  cut(outcome);
  const result = decision.quotas.length > 0 ? withinQuota(outcome) : handler(volume, x);
  if (result > 0 && isCorruptible(volume, x)) corrupt(counters, x, result, decision.flips);
  return result;
}
