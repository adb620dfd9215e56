/**
 * What is to happen to one operation: the answer of `decide`, carried out by the plane's `apply`. Every part names the
 * fault it comes from, so that it ends with that fault and with no other, however long the operation waits.
 */
import type { ErrnoName } from './errno.js';

export interface DiskDecision extends Parts {
  /** Of the armed faults it was made under: later another fault may have a slot. */
  readonly version: number;
}

type Parts = { readonly [P in DecisionPart]: readonly DecisionParts[P][] };

export type DecisionPart = keyof DecisionParts;

export interface DecisionParts extends HoldingParts, ActingParts {}

/** They make an operation wait, and hit when it begins to wait. */
export interface HoldingParts {
  /** They add up. */
  readonly delays: Delay;
  /** Held until none of these faults is armed. */
  readonly freezes: Freeze;
  readonly throttles: Throttle;
}

/** They are carried out with the operation, and hit then. */
export interface ActingParts {
  /** The first one whose fault is still armed in the end refuses the operation; what is refused moves no bytes. */
  readonly refusals: Refusal;
  readonly quotas: Quota;
  readonly cuts: Cut;
  readonly flips: Flip;
}

export interface Delay {
  readonly slot: number;
  readonly ms: number;
}

export interface Freeze {
  readonly slot: number;
}

export interface Throttle {
  readonly slot: number;
  readonly unit: 'operations' | 'bytes';
  readonly perSecond: number;
}

export interface Refusal {
  readonly slot: number;
  readonly errno: ErrnoName;
}

export interface Quota {
  readonly slot: number;
  readonly afterBytes: number;
}

/** A read or a write that gets this many bytes at most. */
export interface Cut {
  readonly slot: number;
  readonly bytes: number;
}

export interface Flip {
  readonly slot: number;
  readonly bits: number;
  /** Seeds the choice of bits: the same decision flips the same bits. */
  readonly seed: number;
}

/** The parts whose faults `isArmed` says are still so. */
export function withoutEnded(decision: DiskDecision, isArmed: (slot: number) => boolean): DiskDecision {
  const still = <T extends { readonly slot: number }>(parts: readonly T[]): readonly T[] =>
    parts.filter(({ slot }) => isArmed(slot));
  return {
    version: decision.version,
    delays: still(decision.delays),
    freezes: still(decision.freezes),
    throttles: still(decision.throttles),
    refusals: still(decision.refusals),
    quotas: still(decision.quotas),
    cuts: still(decision.cuts),
    flips: still(decision.flips),
  };
}
