/** What is to happen to one operation: the answer of `decide`, carried out by the plane's `apply`. */
import type { ErrnoName } from './errno.js';

export interface DiskDecision {
  /** Slots of the faults that hit for certain. Quotas, cuts and flips are counted by `apply`, when they bite. */
  readonly causes: readonly number[];
  readonly delayMs: number;
  /** Held until the fault ends. */
  readonly freeze: boolean;
  readonly throttles: readonly Throttle[];
  readonly error: ErrnoName | null;
  readonly quotas: readonly Quota[];
  readonly cuts: readonly Cut[];
  readonly flips: readonly Flip[];
}

export interface Throttle {
  readonly slot: number;
  readonly unit: 'operations' | 'bytes';
  readonly perSecond: number;
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
