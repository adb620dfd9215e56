/**
 * The list of faults, computed: what the sources say, and what is known of it from before, give the entries.
 * Level-based: nobody tells what changed, so nothing can be missed.
 */

import type { Clock } from '../../core/clock.js';
import type { ArmedFault } from '../../faults/armed-faults.js';
import type { Fault } from '../../faults/fault.js';
import { limits } from '../../faults/limits.js';
import { type End, endOf, hasEnded } from './deadline.js';
import { type FaultProblem, type FaultRequest, type Source, wholeSentence } from './fault-request.js';
import type { FaultSeeds } from './fault-seeds.js';
import type { Slots } from './slots.js';

export type Entry = FaultEntry | RefusedEntry;

export interface FaultEntry extends End {
  readonly kind: 'fault';
  readonly source: Source;
  readonly name: string;
  readonly sentence: string;
  readonly fault: Fault;
  readonly slot: number;
  /** It was there in an earlier life, and goes on with what was counted in its slot. */
  readonly resumed: boolean;
  /** What its dice follow from. */
  readonly seed: number;
  readonly startedMs: number;
  readonly ended: Ended | null;
  /** A source that goes before this one has the name. */
  readonly shadowed: boolean;
}

export interface RefusedEntry {
  readonly kind: 'refused';
  readonly source: Source;
  readonly name: string;
  readonly sentence: string;
  readonly problems: readonly FaultProblem[];
}

/** By `entryKey`, in the order of the requests. */
export type Entries = ReadonlyMap<string, Entry>;

export function entryKey({ source, name }: { readonly source: Source; readonly name: string }): string {
  return `${source}/${name}`;
}

export function isArmed(entry: Entry | undefined): entry is FaultEntry {
  return entry?.kind === 'fault' && entry.ended === null && !entry.shadowed;
}

/** As an applier gets it. */
export const armedFaultOf = ({ name, fault, slot, seed, endsMs }: FaultEntry): ArmedFault => ({
  name,
  fault,
  slot,
  seed,
  endsMs,
});

/** Of two entries of one key. */
export function isSameFault(a: Entry | undefined, b: Entry | undefined): boolean {
  if (a?.kind !== 'fault' || b?.kind !== 'fault') return false;
  return a.slot === b.slot && a.sentence === b.sentence && a.startedMs === b.startedMs;
}

/** `disarmed` is one that an annotation still asks for and somebody switched off. */
export type Ended = 'expired' | 'disarmed';

/** What an earlier listing, or an earlier life, says of a fault. */
export interface KeptFault {
  readonly source: Source;
  readonly name: string;
  /** Canonical: another sentence under this name is another fault. */
  readonly sentence: string;
  readonly startedMs: number;
  readonly ended: Ended | null;
  readonly slot: number;
  readonly seed: number;
}

export interface EntriesContext {
  readonly before: Entries;
  readonly kept: ReadonlyMap<string, KeptFault>;
  readonly slots: Slots;
  readonly seeds: FaultSeeds;
  readonly clock: Clock;
}

/** `requests` come in the order of precedence. Takes slots for the new, having released those of the gone. */
export function listEntries(requests: readonly FaultRequest[], context: EntriesContext): Entries {
  releaseGone(requests, context);
  const entries = new Map<string, Entry>();
  const owned = new Set<string>();
  for (const request of requests) {
    entries.set(entryKey(request), entryOf(request, owned.has(request.name), context));
    owned.add(request.name);
  }
  return entries;
}

function releaseGone(requests: readonly FaultRequest[], { before, slots }: EntriesContext): void {
  const staying = new Map(requests.map((request) => [entryKey(request), request]));
  for (const [key, entry] of before) {
    const request = staying.get(key);
    const stays = entry.kind === 'fault' && request !== undefined && isOf(entry, request);
    if (entry.kind === 'fault' && !stays) slots.release(entry.slot);
  }
}

function isOf(entry: FaultEntry, { validated }: FaultRequest): boolean {
  return validated.kind === 'fault' && validated.sentence === entry.sentence;
}

function entryOf(request: FaultRequest, shadowed: boolean, context: EntriesContext): Entry {
  const { source, name, validated } = request;
  if (validated.kind === 'refused') {
    return { kind: 'refused', source, name, sentence: validated.sentence, problems: validated.problems };
  }
  const before = context.before.get(entryKey(request));
  const entry =
    before?.kind === 'fault' && isOf(before, request)
      ? before
      : newEntry({ source, name, ...validated }, context);
  if (entry.kind === 'refused') return entry;
  const ended = entry.ended ?? (hasEnded(entry, context.clock) ? 'expired' : null);
  return { ...entry, shadowed, ended };
}

type Stated = Pick<FaultEntry, 'source' | 'name' | 'sentence' | 'fault'>;

function newEntry({ source, name, sentence, fault }: Stated, context: EntriesContext): Entry {
  const { slots, seeds, clock } = context;
  const kept = context.kept.get(entryKey({ source, name }));
  const known = kept?.sentence === sentence ? kept : null;
  const resumed = known !== null && slots.takeAgain(known.slot);
  const slot = resumed ? known.slot : slots.take();
  if (slot === null) return { kind: 'refused', source, name, sentence, problems: [noRoom(sentence)] };
  const { startedMs, ended } = known ?? { startedMs: clock.wallMs(), ended: null };
  const stated = { kind: 'fault', source, name, sentence, fault } as const;
  const seed = fault.seed ?? seeds.of(name, known?.seed ?? null);
  const end = endOf(fault.deadline, startedMs, clock);
  return { ...stated, slot, resumed, seed, startedMs, ended, shadowed: false, ...end };
}

export function noRoom(sentence: string): FaultProblem {
  return wholeSentence(
    sentence,
    'too-many-faults',
    `${limits.faults} faults are listed, and there is no room for one more`,
  );
}
