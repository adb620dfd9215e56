/**
 * The book of faults: who asks for which, since when and until when, and the plan that follows for the planes.
 *
 *     annotations ─┐
 *     control ─────┼─► statements ─► entries ─┬─► FaultPlan ─► planes ─► news
 *     local ───────┘        ▲                 │
 *                           └── faults.json ◄─┘
 *
 * Every change of anything computes the whole list anew. The same name of several sources is the annotation's,
 * then the control's, then the command line's; the others are listed as shadowed, their deadlines running, and
 * the next of them takes over when the first is removed. A refused sentence shadows too: nobody guesses.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { ArmedFault } from '../../faults/plan.js';
import type { AnnotationsReading } from './annotations.js';
import { changesBetween } from './changes.js';
import { type Clock, systemClock } from './clock.js';
import type { DataPlane, Tallies } from './data-plane.js';
import { hasEnded, remainingMs } from './deadline.js';
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
  type RefusedEntry,
} from './entry.js';
import { EventLog } from './event-log.js';
import { faultSeed } from './fault-seed.js';
import { keptOf } from './kept-faults.js';
import { describeEntry, type ListedFault, noTallies } from './listed-fault.js';
import { type Happening, News } from './news.js';
import { planLimits } from './plan-limits.js';
import { Publisher } from './publisher.js';
import { Slots } from './slots.js';
import { StateFile } from './state-file.js';
import { judge, type PlanProblem, type Source, type Statement } from './statement.js';
import { Statements } from './statements.js';

export interface PlanBookOptions {
  readonly planes: readonly DataPlane[];
  readonly seed: number;
  /** Where deadlines survive a restart. Never on a disk that the planes fault. */
  readonly stateDirectory: string;
  readonly log: Logger;
  readonly clock?: Clock;
}

export type ArmResult =
  /** `fault` may be shadowed, or expired already where its `until` has passed. */
  | { readonly kind: 'armed'; readonly created: boolean; readonly fault: ListedFault }
  | { readonly kind: 'refused'; readonly problems: readonly PlanProblem[] }
  /** Everything was disarmed for good, by what `code` says. */
  | { readonly kind: 'stopped'; readonly code: string };

export interface PlanState {
  readonly version: number;
  readonly changedMs: number;
  readonly armed: number;
  readonly listed: number;
  /** The code of what disarmed everything. */
  readonly stopped: string | null;
}

interface Declared {
  readonly name: string;
  readonly sentence: string | null;
}

export class PlanBook {
  readonly events: EventLog;
  readonly #options: PlanBookOptions;
  readonly #clock: Clock;
  readonly #news: News;
  readonly #publisher: Publisher;
  readonly #stateFile: StateFile;
  readonly #statements = new Statements();
  readonly #slots = new Slots();
  /** Slots of faults that have hit something. */
  readonly #hits = new Set<number>();
  #kept: ReadonlyMap<string, KeptFault> = new Map();
  #entries: Entries = new Map();
  #version = 0;
  #changedMs: number;
  #stopped: string | null = null;
  #cancelTick: () => void = () => {};
  /** Resolves when the planes have taken the newest plan and the news of it is out. Never rejects. */
  #settled: Promise<void> = Promise.resolve();

  /** Reads what an earlier life kept. The control's faults are armed again at once, until their old deadlines. */
  static async open(options: PlanBookOptions): Promise<PlanBook> {
    const book = new PlanBook(options);
    await book.#restore();
    return book;
  }

  private constructor(options: PlanBookOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#changedMs = this.#clock.wallMs();
    this.events = new EventLog(this.#changedMs);
    this.#news = new News(this.events, options.log, this.#clock);
    this.#publisher = new Publisher(options.planes, this.#clock);
    this.#stateFile = new StateFile(options.stateDirectory, options.log);
  }

  /** Arms, or replaces, a fault of the control endpoint. One that is armed already goes on, its deadline unchanged. */
  async arm(name: string, sentence: string): Promise<ArmResult> {
    if (this.#stopped !== null) return { kind: 'stopped', code: this.#stopped };
    const statement = this.#judged('control', { name, sentence });
    const problems = this.#problemsOf(statement);
    if (problems !== null) return this.#refuse(name, sentence, problems);
    const created = !this.#statements.hasControl(name);
    this.#statements.putControl(statement);
    const settled = this.#recount(this.#withoutEnded(entryKey(statement)));
    const fault = this.#describe(entryKey(statement));
    await settled;
    return this.#stopped === null
      ? { kind: 'armed', created, fault }
      : { kind: 'stopped', code: this.#stopped };
  }

  /** Switches a name off, whoever asks for it. What an annotation asks for stays off until it changes. False: no such name. */
  async disarm(name: string): Promise<boolean> {
    const known = [...this.#entries.values()].some((entry) => entry.name === name);
    await this.#switchOff((other) => other === name);
    return known;
  }

  /** As `disarm`, for every name. */
  async disarmAll(): Promise<void> {
    await this.#switchOff(() => true);
  }

  /** Resolves when the planes have taken what follows. */
  async setAnnotations(reading: AnnotationsReading): Promise<void> {
    if (reading.kind === 'read') {
      await this.#declare('annotation', reading.faults);
    } else {
      this.#statements.lose('annotation');
      await this.#recount();
    }
  }

  /** The faults of the command line, all of them. */
  async setLocal(faults: readonly { readonly name: string; readonly sentence: string }[]): Promise<void> {
    await this.#declare('local', faults);
  }

  /** For uncaught errors and the end: from now on nothing is injected, whatever is asked. Never rejects. */
  async disarmEverything(code: string): Promise<void> {
    if (this.#stopped !== null) return;
    const ends = this.#armed().map((entry) => this.#happening('disarmed', entry, code));
    this.#stopped = code;
    this.#cancelTick();
    this.#options.log.warn(
      { code: 'plan.stopped', reason: code, faults: ends.length },
      'disarming everything',
    );
    await this.#publisher.clear(this.#nextVersion()).catch((err: unknown) => {
      this.#options.log.error({ code: 'plan.clear-failed', err }, 'a plane did not take the empty plan');
    });
    for (const end of ends) this.#news.tell(end);
  }

  list(): readonly ListedFault[] {
    return [...this.#entries.keys()].map((key) => this.#describe(key));
  }

  state(): PlanState {
    const { size: listed } = this.#entries;
    const armed = this.#stopped === null ? this.#armed().length : 0;
    return { version: this.#version, changedMs: this.#changedMs, armed, listed, stopped: this.#stopped };
  }

  /** Disarms everything, and resolves when nothing is left to do or to write. */
  async close(): Promise<void> {
    await this.disarmEverything('plan.closed');
    await this.#settled;
    this.events.end();
    await this.#stateFile.settled();
  }

  async #restore(): Promise<void> {
    const kept = await this.#stateFile.load();
    this.#kept = new Map(kept.map((fault) => [entryKey(fault), fault]));
    await this.#declare(
      'control',
      kept.filter(({ source }) => source === 'control'),
    );
  }

  #declare(source: Source, faults: readonly Declared[]): Promise<void> {
    this.#statements.declare(
      source,
      faults.map((declared) => this.#judged(source, declared)),
    );
    return this.#recount();
  }

  #judged(source: Source, { name, sentence }: Declared): Statement {
    return { source, name, judgement: judge(sentence, this.#options.planes) };
  }

  #problemsOf(statement: Statement): readonly PlanProblem[] | null {
    if (statement.judgement.kind === 'refused') return statement.judgement.problems;
    return this.#statements.hasRoomFor(statement, this.#ended())
      ? null
      : [noRoom(statement.judgement.sentence)];
  }

  #refuse(name: string, sentence: string, problems: readonly PlanProblem[]): ArmResult {
    const entry: RefusedEntry = { kind: 'refused', source: 'control', name, sentence, problems };
    this.#news.tell({ kind: 'refused', entry, reason: null, tallies: null });
    return { kind: 'refused', problems };
  }

  /** To arm what has ended, under the same name and sentence, is to ask for it anew. */
  #withoutEnded(key: string): Entries {
    const entry = this.#entries.get(key);
    if (entry?.kind !== 'fault' || entry.ended === null) return this.#entries;
    this.#slots.release(entry.slot);
    this.#kept = without(this.#kept, key);
    return without(this.#entries, key);
  }

  #switchOff(chosen: (name: string) => boolean): Promise<void> {
    this.#statements.dropControl(chosen);
    const entries = new Map(this.#entries);
    for (const [key, entry] of entries) {
      if (entry.kind === 'fault' && chosen(entry.name))
        entries.set(key, { ...entry, ended: entry.ended ?? 'disarmed' });
    }
    return this.#recount(entries);
  }

  /** Makes entries, plan, state file and news follow from the statements. Its first, synchronous part is all of the book. */
  #recount(before: Entries = this.#entries): Promise<void> {
    if (this.#stopped !== null) return this.#settled;
    this.#statements.makeRoom(this.#ended());
    const context = { before, kept: this.#kept, slots: this.#slots, clock: this.#clock };
    const entries = listEntries(this.#statements.inOrder(), context);
    const changes = changesBetween(this.#entries, entries);
    const happenings = changes.map(({ kind, entry, reason }) => this.#happening(kind, entry, reason));
    this.#turnTo(entries);
    this.#scheduleTick();
    const planned = changes.some(({ kind }) => kind !== 'refused');
    return this.#settle(planned ? this.#publish() : Promise.resolve(), happenings);
  }

  /** Counts of a fault that is new in its slot start from nothing. */
  #turnTo(entries: Entries): void {
    for (const [key, entry] of entries) {
      if (entry.kind !== 'fault' || isSameFault(this.#entries.get(key), entry)) continue;
      this.#hits.delete(entry.slot);
      this.#planeOf(entry)?.resetTallies(entry.slot);
    }
    this.#entries = entries;
    const kept = keptOf(entries, this.#kept, (source) => this.#statements.isSilent(source));
    if (!isDeepStrictEqual(kept, this.#kept)) this.#stateFile.save([...kept.values()]);
    this.#kept = kept;
  }

  #publish(): Promise<void> {
    const faults = this.#armed().map((entry) => this.#armedFault(entry));
    return this.#publisher.publish({ version: this.#nextVersion(), faults });
  }

  #settle(published: Promise<void>, happenings: readonly Happening[]): Promise<void> {
    const tell = () => {
      // Who was told of the end of everything must not hear of a fault that came before it.
      if (this.#stopped === null) for (const happening of happenings) this.#news.tell(happening);
    };
    this.#settled = Promise.all([published, this.#settled]).then(tell, (err: unknown) => {
      this.#options.log.error({ code: 'plan.apply-failed', err }, 'a plane did not take the plan');
      return this.disarmEverything('plan.apply-failed');
    });
    return this.#settled;
  }

  #scheduleTick(): void {
    this.#cancelTick();
    const ends = this.#going().map((entry) => remainingMs(entry, this.#clock));
    if (ends.length === 0) return;
    const ms = Math.ceil(Math.min(planLimits.tickMs, ...ends));
    this.#cancelTick = this.#clock.after(ms, () => this.#tick());
  }

  #tick(): void {
    this.#noticeHits();
    if (this.#going().some((entry) => hasEnded(entry, this.#clock))) void this.#recount();
    else this.#scheduleTick();
  }

  #noticeHits(): void {
    for (const entry of this.#armed()) {
      if (this.#hits.has(entry.slot) || this.#tallies(entry).injected === 0) continue;
      this.#hits.add(entry.slot);
      this.#news.tell(this.#happening('hit', entry, null));
    }
  }

  #happening(kind: Happening['kind'], entry: Entry, reason: string | null): Happening {
    return { kind, entry, reason, tallies: entry.kind === 'fault' ? this.#tallies(entry) : null };
  }

  #describe(key: string): ListedFault {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw new TypeError(`${key} is not listed`);
    const tallies = entry.kind === 'fault' ? this.#tallies(entry) : noTallies;
    return describeEntry(entry, { tallies, clock: this.#clock, stopped: this.#stopped });
  }

  #tallies(entry: FaultEntry): Tallies {
    return this.#planeOf(entry)?.tallies(entry.slot) ?? noTallies;
  }

  #planeOf({ fault }: FaultEntry): DataPlane | undefined {
    return this.#options.planes.find(({ name }) => name === fault.plane);
  }

  #armedFault({ name, fault, slot, endsMs }: FaultEntry): ArmedFault {
    return { name, fault, slot, seed: faultSeed(fault, name, this.#options.seed), endsMs };
  }

  #faults(): readonly FaultEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.kind === 'fault');
  }

  #armed(): readonly FaultEntry[] {
    return this.#faults().filter(isArmed);
  }

  /** Armed or shadowed: the deadline runs. */
  #going(): readonly FaultEntry[] {
    return this.#faults().filter(({ ended }) => ended === null);
  }

  #ended(): readonly FaultEntry[] {
    return this.#faults().filter(({ ended }) => ended !== null);
  }

  #nextVersion(): number {
    this.#changedMs = this.#clock.wallMs();
    this.#version += 1;
    return this.#version;
  }
}

function without<T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  return new Map([...map].filter(([other]) => other !== key));
}
