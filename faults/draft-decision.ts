/**
 * Puts the effects that hit one operation together. All of them are kept, each with the slot of its fault: which of two
 * errors answers, and how long two delays are, is only known when the wait is over, for a fault may end before that.
 */
import { assertNever } from '../core/assert-never.js';
import type { CompiledFault } from './compile.js';
import type { Cut, Delay, DiskDecision, Flip, Quota, Refusal, Throttle } from './decision.js';
import { delayOf } from './delay.js';
import { draw } from './dice.js';

export interface DraftDecision extends DiskDecision {
  readonly delays: Delay[];
  readonly freezes: number[];
  readonly throttles: Throttle[];
  readonly refusals: Refusal[];
  readonly quotas: Quota[];
  readonly cuts: Cut[];
  readonly flips: Flip[];
}

export const emptyDraft = (version: number): DraftDecision => ({
  version,
  delays: [],
  freezes: [],
  throttles: [],
  refusals: [],
  quotas: [],
  cuts: [],
  flips: [],
});

/** Faults are added in the order of the plan. */
export function addTo(draft: DraftDecision, { slot, effect, seed }: CompiledFault, ordinal: number): void {
  switch (effect.kind) {
    case 'latency':
      draft.delays.push({ slot, ms: delayOf(effect, seed, ordinal) });
      break;
    case 'freeze':
      draft.freezes.push(slot);
      break;
    case 'throttle':
      draft.throttles.push({ slot, unit: effect.unit, perSecond: effect.perSecond });
      break;
    case 'error':
      draft.refusals.push({ slot, errno: effect.errno });
      break;
    case 'readonly':
      draft.refusals.push({ slot, errno: 'EROFS' });
      break;
    case 'short':
      draft.cuts.push({ slot, bytes: effect.bytes });
      break;
    case 'full':
      draft.quotas.push({ slot, afterBytes: effect.afterBytes });
      break;
    case 'corrupt':
      draft.flips.push({ slot, bits: effect.bits, seed: draw(seed, ordinal, 'flip') });
      break;
    default:
      assertNever(effect);
  }
}
