/** Where a plane keeps count of what each fault saw. Passed in: `decide` holds no state of its own. */
export interface Tally {
  /** Counts a match of this slot's fault and returns its ordinal, from 1. */
  matched(slot: number): number;
  /** Counts an operation that would have matched but is never faulted. */
  exempted(slot: number): void;
}
