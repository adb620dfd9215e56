/**
 * The registry of faults: who asks for which, since when and until when, and the plan that follows for the appliers.
 *
 *     annotations ─┐
 *     control ─────┼─► requests ─► entries ───┬─► ArmedFaults ─► appliers ─► events
 *     local ───────┘        ▲               │
 *                           └ faults.json ◄─┘
 *
 * Every change of anything computes the whole list anew. The same name of several sources is the annotation's,
 * then the control's, then the command line's; the others are listed as shadowed, their deadlines running, and
 * the next of them takes over when the first is removed. A refused sentence shadows too: nobody guesses.
 */
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../core/clock.js';
import type { AnnotationsReading } from './annotations.js';
import { remainingMs } from './deadline.js';
import { armedFaultOf, type Entry, type FaultEntry, type RefusedEntry } from './entry.js';
import { EventLog } from './event-log.js';
import type { FaultApplier, Tallies } from './fault-applier.js';
import { FaultEvents, type Happening } from './fault-events.js';
import { FaultList, type Turn } from './fault-list.js';
import { type FaultProblem, type FaultRequest, type Source, validateSentence } from './fault-request.js';
import { type DrawSeed, drawSeed, FaultSeeds } from './fault-seeds.js';
import type { KeptState } from './kept-faults.js';
import { describeEntry, type ListedFault, noTallies } from './listed-fault.js';
import { Publisher } from './publisher.js';
import { registryLimits } from './registry-limits.js';
import type { RegistryState } from './registry-state.js';
import { StateFile } from './state-file.js';

export interface FaultRegistryOptions {
  readonly appliers: readonly FaultApplier[];
  /** That of `--seed`; null: one by chance. */
  readonly seed: number | null;
  readonly drawSeed?: DrawSeed;
  /** Where deadlines survive a restart. Never on a disk that the appliers fault. */
  readonly stateDirectory: string;
  readonly log: Logger;
  readonly clock?: Clock;
}

export type ArmResult =
  /** `fault` may be shadowed, or expired already where its `until` has passed. */
  | { readonly kind: 'armed'; readonly created: boolean; readonly fault: ListedFault }
  | { readonly kind: 'refused'; readonly problems: readonly FaultProblem[] }
  /** Everything was disarmed for good, by what `code` says. */
  | { readonly kind: 'stopped'; readonly code: string };

interface Declared {
  readonly name: string;
  readonly sentence: string | null;
}

export class FaultRegistry {
  readonly events: EventLog;
  readonly #options: FaultRegistryOptions;
  readonly #clock: Clock;
  readonly #faultEvents: FaultEvents;
  readonly #publisher: Publisher;
  readonly #stateFile: StateFile;
  readonly #seeds: FaultSeeds;
  readonly #faults: FaultList;
  /** Slots of faults that have hit something. */
  readonly #hits = new Set<number>();
  #version = 0;
  #changedMs: number;
  #stopped: string | null = null;
  #cancelTick: () => void = () => {};
  /** Resolves when the appliers have taken the newest plan and the news of it is out. Never rejects. */
  #settled: Promise<void> = Promise.resolve();

  /** Reads what an earlier life kept. The control's faults are armed again at once, until their old deadlines. */
  static async open(options: FaultRegistryOptions): Promise<FaultRegistry> {
    const stateFile = new StateFile(options.stateDirectory, options.log);
    const kept = await stateFile.load();
    const registry = new FaultRegistry(options, stateFile, kept);
    // A death in the next moment must not change a seed that was shown.
    if (options.seed === null && kept.seeds.seed === null) registry.#save();
    await registry.#declare(
      'control',
      kept.faults.filter(({ source }) => source === 'control'),
    );
    return registry;
  }

  private constructor(options: FaultRegistryOptions, stateFile: StateFile, kept: KeptState) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#changedMs = this.#clock.wallMs();
    this.events = new EventLog(this.#changedMs);
    this.#faultEvents = new FaultEvents(this.events, options.log, this.#clock);
    this.#publisher = new Publisher(options.appliers, this.#clock);
    this.#stateFile = stateFile;
    this.#seeds = new FaultSeeds(options.seed, kept.seeds, options.drawSeed ?? drawSeed);
    this.#faults = new FaultList(kept.faults, this.#seeds, this.#clock);
  }

  /**
   * Arms, or replaces, a fault of the control endpoint. One that is armed already goes on, its deadline unchanged.
   * Resolves when a death in the next moment would not forget it.
   */
  async arm(name: string, sentence: string): Promise<ArmResult> {
    if (this.#stopped !== null) return { kind: 'stopped', code: this.#stopped };
    const request = this.#request('control', { name, sentence });
    const problems = this.#faults.problemsOf(request);
    if (problems !== null) return this.#refuse(name, sentence, problems);
    const known = this.#faults.find(request);
    const taken = this.#carryOut(this.#faults.putControl(request));
    const entry = this.#faults.find(request);
    if (entry === undefined) throw new TypeError(`${name} was put and is not listed`);
    const fault = this.#describe(entry);
    await taken;
    await this.#stateFile.settled();
    if (this.#stopped !== null) return { kind: 'stopped', code: this.#stopped };
    return { kind: 'armed', created: known === undefined, fault };
  }

  /** Switches a name off, whoever asks for it; an annotation's stays off until it changes. False: no such name. */
  async disarm(name: string): Promise<boolean> {
    const known = this.#faults.entries.some((entry) => entry.name === name);
    await this.#change(() => this.#faults.switchOff((other) => other === name));
    await this.#stateFile.settled();
    return known;
  }

  /** As `disarm`, for every name. */
  async disarmAll(): Promise<void> {
    await this.#change(() => this.#faults.switchOff(() => true));
    await this.#stateFile.settled();
  }

  /** Resolves when the appliers have taken what follows. */
  async setAnnotations(reading: AnnotationsReading): Promise<void> {
    if (reading.kind === 'read') await this.#declare('annotation', reading.faults);
    else await this.#change(() => this.#faults.lose('annotation'));
  }

  /** The faults of the command line, all of them. */
  async setLocal(faults: readonly { readonly name: string; readonly sentence: string }[]): Promise<void> {
    await this.#declare('local', faults);
  }

  /** For uncaught errors and the end: from now on nothing is injected, whatever is asked. Never rejects. */
  async disarmEverything(code: string): Promise<void> {
    if (this.#stopped !== null) return;
    const ends = this.#faults.armed().map((entry) => this.#happening('disarmed', entry, code));
    this.#stopped = code;
    this.#cancelTick();
    const said = { code: 'plan.stopped', reason: code, faults: ends.length };
    this.#options.log.warn(said, 'disarming everything');
    await this.#publisher.clear(this.#nextVersion()).catch((err: unknown) => {
      this.#options.log.error({ code: 'plan.clear-failed', err }, 'a plane did not take the empty plan');
    });
    for (const end of ends) this.#faultEvents.tell(end);
  }

  list(): readonly ListedFault[] {
    return this.#faults.entries.map((entry) => this.#describe(entry));
  }

  /** As `list`, once the appliers have taken it: what begins from then on meets what it calls armed. */
  async listInForce(): Promise<readonly ListedFault[]> {
    let settled: Promise<void> | null = null;
    for (let round = 0; settled !== this.#settled && round < registryLimits.inForceRounds; round++) {
      settled = this.#settled;
      await settled;
    }
    return this.list();
  }

  state(): RegistryState {
    const armed = this.#stopped === null ? this.#faults.armed().length : 0;
    const listed = this.#faults.entries.length;
    const { seed, isGiven: seedGiven } = this.#seeds;
    const when = { version: this.#version, changedMs: this.#changedMs };
    return { ...when, armed, listed, seed, seedGiven, stopped: this.#stopped };
  }

  /** Disarms everything, and resolves when nothing is left to do or to write. */
  async close(): Promise<void> {
    await this.disarmEverything('plan.closed');
    await this.#settled;
    this.events.end();
    await this.#stateFile.settled();
  }

  #declare(source: Source, faults: readonly Declared[]): Promise<void> {
    const requests = faults.map((declared) => this.#request(source, declared));
    return this.#change(() => this.#faults.declare(source, requests));
  }

  #request(source: Source, { name, sentence }: Declared): FaultRequest {
    return { source, name, validated: validateSentence(sentence, this.#options.appliers) };
  }

  #refuse(name: string, sentence: string, problems: readonly FaultProblem[]): ArmResult {
    const entry: RefusedEntry = { kind: 'refused', source: 'control', name, sentence, problems };
    this.#faultEvents.tell({ kind: 'refused', entry, reason: null, tallies: null });
    return { kind: 'refused', problems };
  }

  /** After the end of everything the list stays as it was. */
  #change(turn: () => Turn): Promise<void> {
    return this.#stopped === null ? this.#carryOut(turn()) : this.#settled;
  }

  /** What has ended is counted before its slot is given away, and what begins, after. */
  #carryOut({ changes, fresh, keptChanged }: Turn): Promise<void> {
    const happeningsOf = (begins: boolean) =>
      changes
        .filter(({ kind }) => (kind === 'armed') === begins)
        .map(({ kind, entry, reason }) => this.#happening(kind, entry, reason));
    const ends = happeningsOf(false);
    for (const entry of fresh) this.#resetTallies(entry);
    const happenings = [...ends, ...happeningsOf(true)];
    if (keptChanged) this.#save();
    this.#scheduleTick();
    const planned = changes.some(({ kind }) => kind !== 'refused');
    return this.#settle(planned ? this.#publish() : Promise.resolve(), happenings);
  }

  #save(): void {
    this.#stateFile.save({ seeds: this.#seeds.kept, faults: this.#faults.kept });
  }

  #publish(): Promise<void> {
    const faults = this.#faults.armed().map(armedFaultOf);
    return this.#publisher.publish({ version: this.#nextVersion(), faults });
  }

  #settle(published: Promise<void>, happenings: readonly Happening[]): Promise<void> {
    const tell = () => {
      // Who was told of the end of everything must not hear of a fault that came before it.
      if (this.#stopped === null) for (const happening of happenings) this.#faultEvents.tell(happening);
    };
    this.#settled = Promise.all([published, this.#settled]).then(tell, (err: unknown) => {
      this.#options.log.error({ code: 'plan.apply-failed', err }, 'a plane did not take the plan');
      return this.disarmEverything('plan.apply-failed');
    });
    return this.#settled;
  }

  #scheduleTick(): void {
    this.#cancelTick();
    const ends = this.#faults.going().map((entry) => remainingMs(entry, this.#clock));
    if (ends.length === 0) return;
    const ms = Math.ceil(Math.min(registryLimits.tickMs, ...ends));
    this.#cancelTick = this.#clock.after(ms, () => this.#tick());
  }

  #tick(): void {
    this.#noticeHits();
    if (this.#faults.isOverdue()) void this.#change(() => this.#faults.turn());
    else this.#scheduleTick();
  }

  #noticeHits(): void {
    for (const entry of this.#faults.armed()) {
      if (this.#hits.has(entry.slot) || this.#tallies(entry).injected === 0) continue;
      this.#hits.add(entry.slot);
      this.#faultEvents.tell(this.#happening('hit', entry, null));
    }
  }

  #happening(kind: Happening['kind'], entry: Entry, reason: string | null): Happening {
    return { kind, entry, reason, tallies: entry.kind === 'fault' ? this.#tallies(entry) : null };
  }

  #describe(entry: Entry): ListedFault {
    const applier = entry.kind === 'fault' ? this.#applierOf(entry) : undefined;
    return describeEntry(entry, {
      tallies: entry.kind === 'fault' ? this.#tallies(entry) : noTallies,
      traffic: entry.kind === 'fault' ? (applier?.traffic(entry.slot) ?? null) : null,
      remarks: entry.kind === 'fault' ? (applier?.remarks(entry.fault) ?? []) : [],
      clock: this.#clock,
      stopped: this.#stopped,
    });
  }

  #tallies(entry: FaultEntry): Tallies {
    return this.#applierOf(entry)?.tallies(entry.slot) ?? noTallies;
  }

  #resetTallies(entry: FaultEntry): void {
    this.#hits.delete(entry.slot);
    this.#applierOf(entry)?.resetTallies(entry.slot);
  }

  #applierOf({ fault }: FaultEntry): FaultApplier | undefined {
    return this.#options.appliers.find(({ name }) => name === fault.plane);
  }

  #nextVersion(): number {
    this.#changedMs = this.#clock.wallMs();
    this.#version += 1;
    return this.#version;
  }
}
