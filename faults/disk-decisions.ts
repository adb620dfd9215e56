/**
 * What each effect of the disk server adds to the decision on an operation. All that hit one are kept, each with the
 * slot of its fault: which of two errors answers, and how long two delays are, is only known when the wait is over, for
 * a fault may end before that.
 */
import type { DecisionPart, DecisionParts } from './decision.js';
import { delayOf } from './delay.js';
import { draw } from './dice.js';
import type { DraftParts } from './draft-decision.js';
import type { DiskEffect, DiskEffectKind, DiskEffectOf } from './fault.js';
import type { DiskOperation } from './operation.js';

export interface DiskEffectDecision<E> {
  /** Where in the decision it is. */
  readonly part: DecisionPart;
  /** Is it about this operation, of those that its verbs and paths match? What it is not about is not counted. */
  concerns(effect: E, operation: DiskOperation): boolean;
  /** Has it anything to do here? If not, the operation matched, and passes. */
  changes(effect: E, operation: DiskOperation): boolean;
  add(effect: E, hit: Hit, draft: DraftParts): void;
}

/** Which match of which fault this is. */
export interface Hit {
  readonly slot: number;
  readonly seed: number;
  /** From 1. */
  readonly ordinal: number;
}

const diskDecisions: { readonly [K in DiskEffectKind]: DiskEffectDecision<DiskEffectOf<K>> } = {
  latency: adding('delays', (effect, { slot, seed, ordinal }) => ({
    slot,
    ms: delayOf(effect, seed, ordinal),
  })),
  error: adding('refusals', ({ errno }, { slot }) => ({ slot, errno })),
  short: adding('cuts', ({ bytes }, { slot }) => ({ slot, bytes }), {
    changes: (effect, { bytes }) => bytes > effect.bytes,
  }),
  corrupt: adding('flips', ({ bits }, { slot, seed, ordinal }) => ({
    slot,
    bits,
    seed: draw(seed, ordinal, 'flip'),
  })),
  full: adding('quotas', ({ afterBytes }, { slot }) => ({ slot, afterBytes })),
  throttle: adding('throttles', ({ unit, perSecond }, { slot }) => ({ slot, unit, perSecond })),
  freeze: adding('freezes', (_, { slot }) => ({ slot })),
  readonly: adding('refusals', (_, { slot }) => ({ slot, errno: 'EROFS' }), {
    concerns: (_, { modifies }) => modifies,
  }),
};

export const diskDecisionOf = (effect: DiskEffect): DiskEffectDecision<DiskEffect> =>
  diskDecisions[effect.kind];

type Choice<E> = Pick<DiskEffectDecision<E>, 'concerns' | 'changes'>;

/** Of an effect that puts what `make` gives into `part`. Whatever matches is hit, but for what `choice` says. */
function adding<P extends DecisionPart, E>(
  part: P,
  make: (effect: E, hit: Hit) => DecisionParts[P],
  choice: Partial<Choice<E>> = {},
): DiskEffectDecision<E> {
  return {
    part,
    concerns: () => true,
    changes: () => true,
    add: (effect, hit, draft) => void draft[part].push(make(effect, hit)),
    ...choice,
  };
}
