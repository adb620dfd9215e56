/**
 * What the registry knows of a fault that somebody asks for: since when, until when, where it is counted; and how people
 * and programs see it in the list.
 */
import type { Clock } from '../../core/clock.js';
import type { ArmedFault } from '../../faults/armed-faults.js';
import { explain } from '../../faults/explain.js';
import type { Deadline } from '../../faults/fault.js';
import { limits } from '../../faults/limits.js';
import { rollsDice } from '../../faults/rolls-dice.js';
import { type FaultApplier, noTallies, type Tallies, type Traffic } from './fault-applier.js';
import type { AcceptedRequest, FaultProblem, RefusedRequest, Source } from './fault-requests.js';

/**
 * An armed fault, and what nobody but the registry asks.
 *
 * When it ends: `until` is a wall time. `for`, and the default, is a span from when the name was first seen with its
 * sentence: it ends when either clock says so, so a step of the wall clock may end a fault early, and never late.
 */
export interface FaultRecord extends AcceptedRequest, ArmedFault {
  /** It was there in an earlier life, and goes on with what was counted in its slot. */
  readonly resumed: boolean;
  readonly startedMs: number;
  /** On the monotonic clock of this process; Infinity where the wall clock alone counts. */
  readonly monotonicEndMs: number;
  /** `disarmed` is one that an annotation still asks for and somebody switched off. */
  readonly ended: 'expired' | 'disarmed' | null;
  /** A source that goes before this one has the name. */
  readonly shadowed: boolean;
}

/** What is listed: what is refused shows why. */
export type ListedRecord = FaultRecord | RefusedRequest;

/** By `recordKey`, in the order of the requests. */
export type Records = ReadonlyMap<string, ListedRecord>;

/** What an earlier listing, or an earlier life, says of a fault. Another sentence under its name is another fault. */
export type KeptFault = Pick<
  FaultRecord,
  'source' | 'name' | 'sentence' | 'startedMs' | 'ended' | 'slot' | 'seed'
>;

export const recordKey = ({ source, name }: Pick<AcceptedRequest, 'source' | 'name'>): string =>
  `${source}/${name}`;

export const faultsOf = (records: Records): readonly FaultRecord[] =>
  [...records.values()].filter((record) => record.kind === 'fault');

export const isArmed = (record: ListedRecord | undefined): record is FaultRecord =>
  record?.kind === 'fault' && record.ended === null && !record.shadowed;

/** As an applier gets it. */
export const armedFaultOf = ({ name, fault, slot, seed, endsMs }: FaultRecord): ArmedFault => ({
  name,
  fault,
  slot,
  seed,
  endsMs,
});

/** Of two records of one key: is it one fault, that goes on? */
export function isSameFault(a: ListedRecord | undefined, b: ListedRecord | undefined): boolean {
  if (a?.kind !== 'fault' || b?.kind !== 'fault') return false;
  return a.slot === b.slot && a.sentence === b.sentence && a.startedMs === b.startedMs;
}

/** What both clocks show. */
export type Now = Pick<Clock, 'wallMs' | 'monotonicMs'>;

type End = Pick<FaultRecord, 'endsMs' | 'monotonicEndMs'>;

export function endOf(deadline: Deadline, startedMs: number, now: Now): End {
  if (deadline.kind === 'until')
    return { endsMs: deadline.epochMs, monotonicEndMs: Number.POSITIVE_INFINITY };
  const spanMs = deadline.kind === 'for' ? deadline.ms : limits.defaultDeadlineMs;
  // A start in the future, after a restart on a clock that was set back, gets no more than the whole span.
  const endsMs = Math.min(startedMs, now.wallMs()) + spanMs;
  return { endsMs, monotonicEndMs: now.monotonicMs() + (endsMs - now.wallMs()) };
}

export const hasEnded = (end: End, now: Now): boolean =>
  now.wallMs() >= end.endsMs || now.monotonicMs() >= end.monotonicEndMs;

/** 0 and more. */
export const remainingMs = (end: End, now: Now): number =>
  Math.max(0, Math.min(end.endsMs - now.wallMs(), end.monotonicEndMs - now.monotonicMs()));

/** `shadowed`: a source that goes before this one has the name, and this waits, its deadline running. */
export const faultStates = ['armed', 'expired', 'disarmed', 'shadowed', 'refused'] as const;
export type FaultState = (typeof faultStates)[number];

/** A fault in the list. Every field is always there: `null` says that there is none. */
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

export interface ListContext {
  /** Of the fault's plane. */
  readonly applier: FaultApplier | null;
  readonly now: Now;
  /** The code of what disarmed everything. */
  readonly stopped: string | null;
}

const nothingListed = {
  ...{ reason: null, plane: null, effect: null, explanation: null, startedAt: null, endsAt: null },
  ...{ remainingMs: 0, seed: null, tallies: noTallies, traffic: null, remarks: [], problems: [] },
} as const;

export function listedFault(record: ListedRecord, { applier, now, stopped }: ListContext): ListedFault {
  const { name, source, sentence } = record;
  if (record.kind === 'refused')
    return { name, source, sentence, state: 'refused', ...nothingListed, problems: record.problems };
  const { fault, slot } = record;
  const state = stateOf(record, stopped);
  return {
    ...{ name, source, sentence, state, ...nothingListed },
    reason: state === 'disarmed' ? (stopped ?? 'asked') : null,
    plane: fault.plane,
    effect: fault.effect.kind,
    explanation: explain(fault),
    startedAt: new Date(record.startedMs).toISOString(),
    endsAt: new Date(record.endsMs).toISOString(),
    remainingMs: state === 'armed' || state === 'shadowed' ? remainingMs(record, now) : 0,
    seed: rollsDice(fault) ? record.seed : null,
    tallies: applier?.tallies(slot) ?? noTallies,
    traffic: applier?.traffic(slot) ?? null,
    remarks: state === 'armed' ? (applier?.remarks(fault) ?? []) : [],
  };
}

function stateOf(record: FaultRecord, stopped: string | null): FaultState {
  if (record.ended !== null) return record.ended;
  if (stopped !== null) return 'disarmed';
  return isArmed(record) ? 'armed' : 'shadowed';
}
