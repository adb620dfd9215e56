/**
 * The list of faults, computed: what the sources ask for, and what is known from before, give the records, and what has
 * happened. Pure, and level-based: nobody says what changed, so nothing can be missed.
 *
 *     requests ─┐
 *               ├─ reconcile ─► known, as it is now ─► the next reconcile, faults.json
 *     known ────┘          └──► changes, ends before beginnings
 */
import { isDeepStrictEqual } from 'node:util';
import {
  endOf,
  type FaultRecord,
  faultsOf,
  hasEnded,
  isArmed,
  isSameFault,
  type KeptFault,
  type ListedRecord,
  type Now,
  type Records,
  recordKey,
} from './fault-record.js';
import { type AcceptedRequest, type FaultRequest, type FaultRequests, noRoom } from './fault-requests.js';
import type { FaultSeeds } from './fault-seeds.js';
import { Slots, withRoom } from './slots.js';

/** What is known of faults between two looks at what is asked for. */
export interface Known {
  readonly records: Records;
  /** By `recordKey`: what the next life is to know, also of sources that have said nothing in this one. */
  readonly kept: ReadonlyMap<string, KeptFault>;
  readonly slots: Slots;
  readonly seeds: FaultSeeds;
}

export interface Reconciled {
  /** Without those of the control endpoint that had to make room. */
  readonly requests: FaultRequests;
  readonly known: Known;
  readonly changes: readonly FaultChange[];
  /** Faults that are new in their slots: what was counted there is another's. */
  readonly fresh: readonly FaultRecord[];
  /** Is there something else to be kept for the next life? */
  readonly keptChanged: boolean;
}

export interface FaultChange {
  readonly kind: 'armed' | 'hit' | 'expired' | 'disarmed' | 'refused';
  readonly record: ListedRecord;
  /** Of `disarmed`: while the sidecar goes on `removed`, `replaced`, `shadowed` or `asked`, else a code. */
  readonly reason: string | null;
}

/** What somebody wants beside what is asked for. */
export interface Wish {
  readonly now: Now;
  /** Names whose faults are switched off, whoever asks for them. */
  readonly off?: (name: string) => boolean;
  /** To be armed again though it has ended: its key. */
  readonly again?: string;
}

export const nothingKnown = (kept: readonly KeptFault[], seeds: FaultSeeds): Known => ({
  records: new Map(),
  kept: new Map(kept.map((fault) => [recordKey(fault), fault])),
  slots: new Slots(kept.map(({ slot }) => slot)),
  seeds,
});

export function reconcile(asked: FaultRequests, known: Known, wish: Wish): Reconciled {
  const before = asWished(known, wish);
  const requests = withRoom(asked, faultsOf(before.records));
  const records = recordsOf(requests.inOrder(), before, wish.now);
  const kept = keptOf(records, before.kept, requests);
  return {
    requests,
    known: { ...before, records, kept },
    changes: changesBetween(known.records, records),
    fresh: freshIn(records, known.records),
    keptChanged: !isDeepStrictEqual(kept, known.kept),
  };
}

/** Slots and seeds of its own, to be taken from. What is switched off has ended; what is to be armed again is new. */
function asWished({ records, kept, slots, seeds }: Known, { off, again }: Wish): Known {
  const own = { slots: slots.copy(), seeds: seeds.copy() };
  const switchedOff = (record: ListedRecord): ListedRecord =>
    record.kind === 'fault' && off?.(record.name) ? { ...record, ended: record.ended ?? 'disarmed' } : record;
  const wished = new Map([...records].map(([key, record]) => [key, switchedOff(record)]));
  const ended = again === undefined ? undefined : wished.get(again);
  if (again === undefined || ended?.kind !== 'fault' || ended.ended === null)
    return { ...own, records: wished, kept };
  own.slots.release(ended.slot);
  wished.delete(again);
  return { ...own, records: wished, kept: new Map([...kept].filter(([key]) => key !== again)) };
}

/** `requests` come in the order of precedence. Takes slots for the new, having released those of the gone. */
function recordsOf(requests: readonly FaultRequest[], before: Known, now: Now): Records {
  releaseGone(requests, before);
  const records = new Map<string, ListedRecord>();
  const owned = new Set<string>();
  for (const request of requests) {
    const record = request.kind === 'fault' ? recordOf(request, before, now) : request;
    const shadowed = owned.has(request.name);
    records.set(recordKey(request), record.kind === 'fault' ? { ...record, shadowed } : record);
    owned.add(request.name);
  }
  return records;
}

function releaseGone(requests: readonly FaultRequest[], { records, slots }: Known): void {
  const asked = new Map(requests.map((request) => [recordKey(request), request]));
  for (const [key, record] of records) {
    if (record.kind === 'fault' && !isOf(record, asked.get(key))) slots.release(record.slot);
  }
}

const isOf = (record: FaultRecord, request: FaultRequest | undefined): boolean =>
  request?.kind === 'fault' && request.sentence === record.sentence;

function recordOf(request: AcceptedRequest, before: Known, now: Now): ListedRecord {
  const known = before.records.get(recordKey(request));
  const record = known?.kind === 'fault' && isOf(known, request) ? known : newRecord(request, before, now);
  if (record.kind === 'refused') return record;
  return { ...record, ended: record.ended ?? (hasEnded(record, now) ? 'expired' : null) };
}

function newRecord(request: AcceptedRequest, before: Known, now: Now): ListedRecord {
  const { source, name, sentence, fault } = request;
  const { slots, seeds } = before;
  const kept = before.kept.get(recordKey(request));
  const known = kept?.sentence === sentence ? kept : null;
  const resumed = known !== null && slots.takeAgain(known.slot);
  const slot = resumed ? known.slot : slots.take();
  if (slot === null) return { kind: 'refused', source, name, sentence, problems: [noRoom(sentence)] };
  const { startedMs, ended } = known ?? { startedMs: now.wallMs(), ended: null };
  const seed = fault.seed ?? seeds.of(name, known?.seed ?? null);
  const end = endOf(fault.deadline, startedMs, now);
  return { ...request, ...end, slot, resumed, seed, startedMs, ended, shadowed: false };
}

/** Every fault that is listed, and those of silent sources as they were. */
function keptOf(records: Records, before: Known['kept'], requests: FaultRequests): Known['kept'] {
  const kept = new Map([...before].filter(([, { source }]) => requests.isSilent(source)));
  for (const [key, record] of records) {
    if (record.kind === 'refused') continue;
    const { source, name, sentence, startedMs, ended, slot, seed } = record;
    kept.set(key, { source, name, sentence, startedMs, ended, slot, seed });
  }
  return kept;
}

function changesBetween(before: Records, after: Records): readonly FaultChange[] {
  const changes: FaultChange[] = [];
  for (const [key, record] of before) {
    if (isArmed(record)) changes.push(...endingOf(record, after.get(key)));
  }
  for (const [key, record] of after) changes.push(...beginningOf(record, before.get(key)));
  return changes;
}

function endingOf(record: FaultRecord, next: ListedRecord | undefined): readonly FaultChange[] {
  const disarmed = (reason: string): readonly FaultChange[] => [{ kind: 'disarmed', record, reason }];
  if (next === undefined) return disarmed('removed');
  if (!isSameFault(record, next) || next.kind === 'refused') return disarmed('replaced');
  if (next.ended === 'expired') return [{ kind: 'expired', record: next, reason: null }];
  if (next.ended === 'disarmed') return disarmed('asked');
  return next.shadowed ? disarmed('shadowed') : [];
}

function beginningOf(record: ListedRecord, before: ListedRecord | undefined): readonly FaultChange[] {
  if (record.kind === 'refused') {
    const known = before?.kind === 'refused' && before.sentence === record.sentence;
    return known ? [] : [{ kind: 'refused', record, reason: null }];
  }
  const going = isArmed(before) && isSameFault(before, record);
  return isArmed(record) && !going ? [{ kind: 'armed', record, reason: null }] : [];
}

function freshIn(records: Records, before: Records): readonly FaultRecord[] {
  return faultsOf(records).filter(
    (record) => !record.resumed && !isSameFault(before.get(recordKey(record)), record),
  );
}
