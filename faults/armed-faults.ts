/** The faults that are switched on, as a data plane gets them. */
import type { Fault } from './fault.js';

export interface ArmedFaults {
  /** Grows by one at every change. */
  readonly version: number;
  readonly faults: readonly ArmedFault[];
}

export interface ArmedFault {
  readonly name: string;
  readonly fault: Fault;
  /** 0 to `limits.faults - 1`: where this fault's tallies are kept for as long as it is listed. */
  readonly slot: number;
  /** Seeds this fault's dice: its own `seed`, or one that the sidecar chose. */
  readonly seed: number;
  /** Milliseconds of the Unix epoch, after which it does nothing whoever has forgotten it. */
  readonly endsMs: number;
}
