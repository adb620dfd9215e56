/**
 * Which faults there are, from what the sources say and what is known from before. Nothing here waits or writes:
 * each change answers what has happened, and the registry carries it out.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../core/clock.js';
import { type Change, changesBetween } from './changes.js';
import { hasEnded } from './deadline.js';
import {
  type Entries,
  type Entry,
  entryKey,
  type FaultEntry,
  isArmed,
  isSameFault,
  type KeptFault,
  listEntries,
  noRoom,
} from './entry.js';
import type { FaultProblem, FaultRequest, Source } from './fault-request.js';
import { FaultRequests } from './fault-requests.js';
import type { FaultSeeds } from './fault-seeds.js';
import { keptOf } from './kept-faults.js';
import { Slots } from './slots.js';

export interface Turn {
  /** Ends before beginnings. */
  readonly changes: readonly Change[];
  /** Faults that are new in their slots: what was counted there is another's. */
  readonly fresh: readonly FaultEntry[];
  /** Is there something else to be kept for the next life? */
  readonly keptChanged: boolean;
}

export class FaultList {
  readonly #clock: Clock;
  readonly #requests = new FaultRequests();
  readonly #slots: Slots;
  readonly #seeds: FaultSeeds;
  #kept: ReadonlyMap<string, KeptFault>;
  #entries: Entries = new Map();

  constructor(kept: readonly KeptFault[], seeds: FaultSeeds, clock: Clock) {
    this.#kept = new Map(kept.map((fault) => [entryKey(fault), fault]));
    this.#slots = new Slots(kept.map(({ slot }) => slot));
    this.#seeds = seeds;
    this.#clock = clock;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  get kept(): readonly KeptFault[] {
    return [...this.#kept.values()];
  }

  find(of: { readonly source: Source; readonly name: string }): Entry | undefined {
    return this.#entries.get(entryKey(of));
  }

  armed(): readonly FaultEntry[] {
    return this.#faults().filter(isArmed);
  }

  /** Armed or shadowed: the deadline runs. */
  going(): readonly FaultEntry[] {
    return this.#faults().filter(({ ended }) => ended === null);
  }

  isOverdue(): boolean {
    return this.going().some((entry) => hasEnded(entry, this.#clock));
  }

  /** Null when the control endpoint may arm this. */
  problemsOf(request: FaultRequest): readonly FaultProblem[] | null {
    if (request.validated.kind === 'refused') return request.validated.problems;
    const { sentence } = request.validated;
    return this.#requests.hasRoomFor(request, this.#ended(this.#entries)) ? null : [noRoom(sentence)];
  }

  declare(source: Source, requests: readonly FaultRequest[]): Turn {
    this.#requests.declare(source, requests);
    return this.turn();
  }

  lose(source: Source): Turn {
    this.#requests.lose(source);
    return this.turn();
  }

  /** To arm what has ended, under the same name and sentence, is to ask for it anew. */
  putControl(request: FaultRequest): Turn {
    this.#requests.putControl(request);
    const key = entryKey(request);
    const entry = this.#entries.get(key);
    if (entry?.kind !== 'fault' || entry.ended === null) return this.turn();
    this.#slots.release(entry.slot);
    this.#kept = without(this.#kept, key);
    return this.turn(without(this.#entries, key));
  }

  /** The control's faults go; those that others declare stay listed, and off. */
  switchOff(chosen: (name: string) => boolean): Turn {
    this.#requests.dropControl(chosen);
    const off = (entry: Entry): Entry =>
      entry.kind === 'fault' && chosen(entry.name) ? { ...entry, ended: entry.ended ?? 'disarmed' } : entry;
    return this.turn(new Map([...this.#entries].map(([key, entry]) => [key, off(entry)])));
  }

  /** Looks at everything anew, as when a deadline has passed. */
  turn(before: Entries = this.#entries): Turn {
    this.#requests.makeRoom(this.#faults(before));
    const context = {
      before,
      kept: this.#kept,
      slots: this.#slots,
      ...{ seeds: this.#seeds, clock: this.#clock },
    };
    const entries = listEntries(this.#requests.inOrder(), context);
    const kept = keptOf(entries, this.#kept, (source) => this.#requests.isSilent(source));
    const turn = {
      changes: changesBetween(this.#entries, entries),
      fresh: freshIn(entries, this.#entries),
      keptChanged: !isDeepStrictEqual(kept, this.#kept),
    };
    this.#entries = entries;
    this.#kept = kept;
    return turn;
  }

  #faults(entries: Entries = this.#entries): readonly FaultEntry[] {
    return [...entries.values()].filter((entry) => entry.kind === 'fault');
  }

  #ended(entries: Entries): readonly FaultEntry[] {
    return this.#faults(entries).filter(({ ended }) => ended !== null);
  }
}

function freshIn(entries: Entries, before: Entries): readonly FaultEntry[] {
  const fresh: FaultEntry[] = [];
  for (const [key, entry] of entries) {
    if (entry.kind !== 'fault' || isSameFault(before.get(key), entry)) continue;
    if (!entry.resumed) fresh.push(entry);
  }
  return fresh;
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return new Map([...map].filter(([other]) => other !== key));
}
