/** A fault as people and programs see it in the list. Every field is always there: `null` says that there is none. */

import type { Clock } from '../../core/clock.js';
import { explain } from '../../faults/explain.js';
import { rollsDice } from '../../faults/rolls-dice.js';
import { remainingMs } from './deadline.js';
import { type Entry, type FaultEntry, isArmed, type RefusedEntry } from './entry.js';
import type { Tallies, Traffic } from './fault-applier.js';
import type { FaultProblem, Source } from './fault-request.js';

export interface ListedFault {
  readonly name: string;
  readonly source: Source;
  /** Canonical; as written when refused. */
  readonly sentence: string;
  readonly state: FaultState;
  /** Why it is disarmed: `asked`, or the code of what disarmed everything. */
  readonly reason: string | null;
  readonly plane: 'disk' | 'tcp' | null;
  readonly effect: string | null;
  readonly explanation: string | null;
  readonly startedAt: string | null;
  readonly endsAt: string | null;
  readonly remainingMs: number;
  /**
   * What its dice follow from: `seed` with this number rolls the same again. Null where none are rolled, or by the
   * kernel.
   */
  readonly seed: number | null;
  readonly tallies: Tallies;
  /** Connections and bytes, of a fault of the TCP proxy. */
  readonly traffic: Traffic | null;
  /** What a person should know of it, as that a name has no address: sentences without a full stop. */
  readonly remarks: readonly string[];
  readonly problems: readonly FaultProblem[];
}

/** `shadowed`: a source that goes before this one has the name, and this waits, its deadline running. */
export type FaultState = 'armed' | 'expired' | 'disarmed' | 'shadowed' | 'refused';

export const noTallies: Tallies = { matched: 0, injected: 0, exempted: 0, passed: 0 };

export interface DescribeContext {
  readonly tallies: Tallies;
  readonly traffic: Traffic | null;
  readonly remarks: readonly string[];
  readonly clock: Clock;
  /** The code of what disarmed everything. */
  readonly stopped: string | null;
}

export function describeEntry(entry: Entry, context: DescribeContext): ListedFault {
  return entry.kind === 'refused' ? describeRefused(entry) : describeFault(entry, context);
}

function describeRefused({ name, source, sentence, problems }: RefusedEntry): ListedFault {
  return {
    name,
    source,
    sentence,
    state: 'refused',
    reason: null,
    plane: null,
    effect: null,
    explanation: null,
    startedAt: null,
    endsAt: null,
    remainingMs: 0,
    seed: null,
    tallies: noTallies,
    traffic: null,
    remarks: [],
    problems,
  };
}

function describeFault(entry: FaultEntry, context: DescribeContext): ListedFault {
  const { tallies, traffic, remarks, clock, stopped } = context;
  const { name, source, sentence, fault } = entry;
  const state = stateOf(entry, stopped);
  return {
    name,
    source,
    sentence,
    state,
    reason: state === 'disarmed' ? (stopped ?? 'asked') : null,
    plane: fault.plane,
    effect: fault.effect.kind,
    explanation: explain(fault),
    startedAt: new Date(entry.startedMs).toISOString(),
    endsAt: new Date(entry.endsMs).toISOString(),
    remainingMs: state === 'armed' || state === 'shadowed' ? remainingMs(entry, clock) : 0,
    seed: rollsDice(fault) ? entry.seed : null,
    tallies,
    traffic,
    remarks: state === 'armed' ? remarks : [],
    problems: [],
  };
}

function stateOf(entry: FaultEntry, stopped: string | null): FaultState {
  if (entry.ended !== null) return entry.ended;
  if (stopped !== null) return 'disarmed';
  return isArmed(entry) ? 'armed' : 'shadowed';
}
