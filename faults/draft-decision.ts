/**
 * Puts the effects that hit one operation together: delays add up, the first error wins, the shortest cut
 * wins, and everything that waits waits. An operation that fails moves no bytes, so nothing cuts it.
 */
import { assertNever } from './assert-never.js';
import type { CompiledFault } from './compile.js';
import type { Cut, DiskDecision, Flip, Quota, Throttle } from './decision.js';
import { delayOf } from './delay.js';
import { draw } from './dice.js';
import type { ErrnoName } from './errno.js';

export interface DraftDecision {
  readonly causes: number[];
  delayMs: number;
  freeze: boolean;
  readonly throttles: Throttle[];
  error: ErrnoName | null;
  readonly quotas: Quota[];
  readonly cuts: Cut[];
  readonly flips: Flip[];
}

export const emptyDraft = (): DraftDecision => ({
  causes: [],
  delayMs: 0,
  freeze: false,
  throttles: [],
  error: null,
  quotas: [],
  cuts: [],
  flips: [],
});

/** Faults are added in the order of the plan. */
export function addTo(draft: DraftDecision, { slot, effect, seed }: CompiledFault, ordinal: number): void {
  switch (effect.kind) {
    case 'latency':
      draft.delayMs += delayOf(effect, seed, ordinal);
      draft.causes.push(slot);
      break;
    case 'freeze':
      draft.freeze = true;
      draft.causes.push(slot);
      break;
    case 'throttle':
      draft.throttles.push({ slot, unit: effect.unit, perSecond: effect.perSecond });
      draft.causes.push(slot);
      break;
    case 'error':
      fail(draft, slot, effect.errno);
      break;
    case 'readonly':
      fail(draft, slot, 'EROFS');
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

/** What fails is not cut. */
export const finish = (draft: DraftDecision): DiskDecision =>
  draft.error === null ? draft : { ...draft, cuts: [] };

/** A second error has no part in it. */
function fail(draft: DraftDecision, slot: number, errno: ErrnoName): void {
  if (draft.error !== null) return;
  draft.error = errno;
  draft.causes.push(slot);
}
