/** What the registry knows of a fault that somebody asks for: since when, until when, where it is counted. */
import type { Clock } from '../../core/clock.js';
import type { ArmedFault } from '../../faults/armed-faults.js';
import type { Deadline } from '../../faults/fault.js';
import { limits } from '../../faults/limits.js';
import type { AcceptedRequest, RefusedRequest, Source } from './fault-request.js';

export interface FaultRecord extends AcceptedRequest, End {
  readonly slot: number;
  /** It was there in an earlier life, and goes on with what was counted in its slot. */
  readonly resumed: boolean;
  /** What its dice follow from. */
  readonly seed: number;
  readonly startedMs: number;
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

export const recordKey = ({ source, name }: { readonly source: Source; readonly name: string }): string =>
  `${source}/${name}`;

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

/**
 * When a fault ends. `until` is a wall time. `for`, and the default, is a span from when the name was first seen
 * with its sentence: it ends when either clock says so, so a step of the wall clock may end a fault early, and
 * never late.
 */
export interface End {
  /** Milliseconds of the Unix epoch. */
  readonly endsMs: number;
  /** On the monotonic clock of this process; Infinity where the wall clock alone counts. */
  readonly monotonicEndMs: number;
}

/** What both clocks show. */
export type Now = Pick<Clock, 'wallMs' | 'monotonicMs'>;

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
