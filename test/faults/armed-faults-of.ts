/** Armed faults and operations for tests of what is decided about them. */

import type { ArmedFault, ArmedFaults } from '../../faults/armed-faults.js';
import type { DiskDecision } from '../../faults/decision.js';
import { emptyDraft } from '../../faults/draft-decision.js';
import type { DiskOperation } from '../../faults/operation.js';
import { parse } from '../../faults/parse.js';
import type { Tally } from '../../faults/tally.js';

/** One fault a sentence, in slots 0, 1, 2... A sentence with a problem arms nothing, as in the sidecar. */
export function armedFaultsOf(...sentences: readonly string[]): ArmedFaults {
  return { version: 1, faults: sentences.flatMap(armed) };
}

function armed(sentence: string, slot: number): readonly ArmedFault[] {
  const parsed = parse(sentence);
  if (parsed.kind === 'problems') return [];
  const { fault } = parsed;
  return [{ name: `fault-${slot}`, fault, slot, seed: fault.seed ?? slot, endsMs: 1000 }];
}

/** A write of 4 KiB to `pg_wal/1` of volume `data`, but for what is given. */
export function operationOf(given: Partial<DiskOperation> = {}): DiskOperation {
  const usual = {
    verb: 'write',
    volume: 'data',
    path: 'pg_wal/1',
    modifies: true,
    offset: 0,
    bytes: 4096,
  } as const;
  return { plane: 'disk', ...usual, ...given };
}

export interface CountingTally extends Tally {
  readonly matches: readonly number[];
  readonly exemptions: readonly number[];
}

export function countingTally(): CountingTally {
  const matches: number[] = [];
  const exemptions: number[] = [];
  const counted = (counts: number[], slot: number): number => {
    counts[slot] = (counts[slot] ?? 0) + 1;
    return counts[slot];
  };
  return {
    matches,
    exemptions,
    matched: (slot) => counted(matches, slot),
    exempted: (slot) => void counted(exemptions, slot),
  };
}

/** A decision in which nothing happens, but for what is given. */
export const decisionOf = (given: Partial<DiskDecision> = {}): DiskDecision => ({
  ...emptyDraft(1),
  ...given,
});

/** The slots of those that hit for certain: what makes an operation wait, and the first that refuses it. */
export const hitsOf = ({ delays, freezes, throttles, refusals }: DiskDecision): readonly number[] => [
  ...[...delays, ...throttles, ...refusals.slice(0, 1), ...freezes].map(({ slot }) => slot),
];
