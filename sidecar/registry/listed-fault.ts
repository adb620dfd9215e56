/** A fault as people and programs see it in the list. Every field is always there: `null` says that there is none. */

import type { Clock } from '../../core/clock.js';
import { explain } from '../../faults/explain.js';
import { rollsDice } from '../../faults/rolls-dice.js';
import { type Appliers, noTallies } from './appliers.js';
import type { Tallies, Traffic } from './fault-applier.js';
import { type FaultRecord, isArmed, type ListedRecord, remainingMs } from './fault-record.js';
import type { FaultProblem, RefusedRequest, Source } from './fault-request.js';

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

/** What the registry as a whole is like, for the status. */
export interface RegistryState {
  readonly version: number;
  readonly changedMs: number;
  readonly armed: number;
  readonly listed: number;
  /** What the dice of faults follow from whose sentence says nothing. */
  readonly seed: number;
  /** By `--seed`; else it was taken by chance. */
  readonly seedGiven: boolean;
  /** The code of what disarmed everything. */
  readonly stopped: string | null;
}

export interface ListContext {
  readonly appliers: Appliers;
  readonly clock: Clock;
  /** The code of what disarmed everything. */
  readonly stopped: string | null;
}

export const listedFault = (record: ListedRecord, context: ListContext): ListedFault =>
  record.kind === 'refused' ? listedRefusal(record) : listedRecord(record, context);

function listedRefusal({ name, source, sentence, problems }: RefusedRequest): ListedFault {
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

function listedRecord(record: FaultRecord, { appliers, clock, stopped }: ListContext): ListedFault {
  const { name, source, sentence, fault } = record;
  const state = stateOf(record, stopped);
  return {
    name,
    source,
    sentence,
    state,
    reason: state === 'disarmed' ? (stopped ?? 'asked') : null,
    plane: fault.plane,
    effect: fault.effect.kind,
    explanation: explain(fault),
    startedAt: new Date(record.startedMs).toISOString(),
    endsAt: new Date(record.endsMs).toISOString(),
    remainingMs: state === 'armed' || state === 'shadowed' ? remainingMs(record, clock) : 0,
    seed: rollsDice(fault) ? record.seed : null,
    tallies: appliers.tallies(record),
    traffic: appliers.traffic(record),
    remarks: state === 'armed' ? appliers.remarks(record) : [],
    problems: [],
  };
}

function stateOf(record: FaultRecord, stopped: string | null): FaultState {
  if (record.ended !== null) return record.ended;
  if (stopped !== null) return 'disarmed';
  return isArmed(record) ? 'armed' : 'shadowed';
}
