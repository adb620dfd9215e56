/**
 * What the registry asks of a fault applier, disk or TCP. The registry knows names, sentences, sources and deadlines;
 * an applier knows operations. They meet here.
 */

import type { ArmedFaults } from '../../faults/armed-faults.js';
import type { Fault } from '../../faults/fault.js';

export interface FaultApplier {
  readonly name: 'disk' | 'tcp';
  /** Why this applier cannot apply this fault, as a sentence that names the effect; null when it can. */
  refusal(fault: Fault): string | null;
  /** Resolves once every operation that starts from now on meets these faults and no others. */
  apply(armed: ArmedFaults): Promise<void>;
  tallies(slot: number): Tallies;
  /** What of the network a fault met; null where that is not its matter. */
  traffic(slot: number): Traffic | null;
  /** What a person should know of an armed fault beside its tallies, each as a sentence without a full stop. */
  remarks(fault: Fault): readonly string[];
  /** Forgets a slot's tallies, before another fault takes it. */
  resetTallies(slot: number): void;
}

/** The proof of a fault. `passed` is what matched and was let be: chance, skip, a request too short to cut. */
export interface Tallies {
  readonly matched: number;
  readonly injected: number;
  readonly exempted: number;
  readonly passed: number;
}

export const noTallies: Tallies = { matched: 0, injected: 0, exempted: 0, passed: 0 };

/** Beside the tallies, which count what the fault is decided for: connections, chunks or packets. */
export interface Traffic {
  readonly connections: Met;
  readonly bytes: Met;
}

export interface Met {
  readonly matched: number;
  readonly injected: number;
  readonly exempted: number;
}
