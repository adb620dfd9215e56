/**
 * Why a request waits: one hold for each fault that makes it wait. It goes on when it has none any more. And every hold
 * ends with its own fault, at once.
 */
import type { DiskDecision, HoldingParts } from '../../../faults/decision.js';
import { type FreezeHold, freezing } from '../effects/freeze.js';
import type { Holding } from '../effects/holding.js';
import { type DelayHold, delaying } from '../effects/latency.js';
import { type TokenHold, throttling } from '../effects/throttle.js';

export type Hold = DelayHold | TokenHold | FreezeHold;

type HoldingPart = keyof HoldingParts;

const holdings: { readonly [P in HoldingPart]: Holding<HoldingParts[P], Hold> } = {
  delays: delaying,
  throttles: throttling,
  freezes: freezing,
};

/** Does this part of a decision make requests wait? */
export const isHolding = (part: string): part is HoldingPart => Object.hasOwn(holdings, part);

const holdingParts = Object.keys(holdings).filter(isHolding);

export const holdsOf = (decision: DiskDecision): readonly Hold[] =>
  holdingParts.flatMap((part) => holdsIn(decision, part));

export const mustWait = (decision: DiskDecision): boolean =>
  holdingParts.some((part) => isHeldUp(decision, part));

const holdsIn = <P extends HoldingPart>(decision: PartsOf<P>, part: P): readonly Hold[] =>
  decision[part].map((each) => holdings[part].holdOf(each));

const isHeldUp = <P extends HoldingPart>(decision: PartsOf<P>, part: P): boolean =>
  decision[part].some((each) => holdings[part].holdsUp(each));

type PartsOf<P extends HoldingPart> = { readonly [Q in P]: readonly HoldingParts[Q][] };
