/**
 * The registry of faults: who asks for which, since when and until when, and the plan that follows for the appliers.
 *
 *     annotations ─┐
 *     control ─────┼─► requests ─► reconcile ─► records ─► ArmedFaults ─► appliers ─► events
 *     local ───────┘                ▲   │
 *                          faults.json ◄┘
 *
 * Every change of anything computes the whole list again. The same name of several sources is the annotation's,
 * then the control's, then the command line's; the others are listed as shadowed, their deadlines running, and
 * the next of them takes over when the first is removed. A refused sentence shadows too: nobody guesses.
 */
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../core/clock.js';
import type { AnnotationsReading } from './annotations/annotations.js';
import { Appliers } from './appliers.js';
import type { FaultApplier } from './fault-applier.js';
import { FaultEvents } from './fault-events.js';
import { type FaultRecord, hasEnded, isArmed, recordKey, remainingMs } from './fault-record.js';
import { type FaultProblem, type FaultRequest, faultRequest, type Said } from './fault-request.js';
import { FaultRequests } from './fault-requests.js';
import { type DrawSeed, drawSeed, FaultSeeds } from './fault-seeds.js';
import { type ListContext, type ListedFault, listedFault, type RegistryState } from './listed-fault.js';
import { Publisher, type Told } from './publisher.js';
import {
  type FaultChange,
  faultsOf,
  type Known,
  noRoom,
  nothingKnown,
  reconcile,
  type Wish,
} from './reconcile.js';
import { registryLimits } from './registry-limits.js';
import { type KeptState, StateFile } from './state-file.js';

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

type Named = Omit<Said, 'source'>;

export class FaultRegistry {
  readonly events: FaultEvents;
  readonly #options: FaultRegistryOptions;
  readonly #clock: Clock;
  readonly #appliers: Appliers;
  readonly #publisher: Publisher;
  readonly #stateFile: StateFile;
  #requests = FaultRequests.none();
  #known: Known;
  #cancelTick: () => void = () => {};

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
    this.events = new FaultEvents(options.log, this.#clock);
    this.#appliers = new Appliers(options.appliers, this.#clock);
    this.#publisher = new Publisher({
      ...{ appliers: this.#appliers, events: this.events, log: options.log, clock: this.#clock },
      onFailure: () => this.disarmEverything('plan.apply-failed'),
    });
    this.#stateFile = stateFile;
    const seeds = new FaultSeeds(options.seed, kept.seeds, options.drawSeed ?? drawSeed);
    this.#known = nothingKnown(kept.faults, seeds);
  }

  /**
   * Arms, or replaces, a fault of the control endpoint. One that is armed already goes on, its deadline unchanged.
   * Resolves when a death in the next moment would not forget it.
   */
  async arm(name: string, sentence: string): Promise<ArmResult> {
    if (this.#publisher.stopped !== null) return { kind: 'stopped', code: this.#publisher.stopped };
    const request = this.#request({ source: 'control', name, sentence });
    const problems = this.#problemsOf(request);
    if (problems !== null) return this.#refuse(name, sentence, problems);
    const key = recordKey(request);
    const created = !this.#known.records.has(key);
    const taken = this.#change(this.#requests.putControl(request), { again: key });
    const record = this.#known.records.get(key);
    if (record === undefined) throw new TypeError(`${name} was put and is not listed`);
    const fault = listedFault(record, this.#listContext());
    await taken;
    await this.#stateFile.settled();
    if (this.#publisher.stopped !== null) return { kind: 'stopped', code: this.#publisher.stopped };
    return { kind: 'armed', created, fault };
  }

  /** Switches a name off, whoever asks for it; an annotation's stays off until it changes. False: no such name. */
  async disarm(name: string): Promise<boolean> {
    const known = [...this.#known.records.values()].some((record) => record.name === name);
    await this.#switchOff((other) => other === name);
    return known;
  }

  /** As `disarm`, for every name. */
  async disarmAll(): Promise<void> {
    await this.#switchOff(() => true);
  }

  /** Resolves when the appliers have taken what follows. */
  async setAnnotations(reading: AnnotationsReading): Promise<void> {
    if (reading.kind === 'read') await this.#declare('annotation', reading.faults);
    else await this.#change(this.#requests.markUnavailable('annotation'));
  }

  /** The faults of the command line, all of them. */
  async setLocal(faults: readonly { readonly name: string; readonly sentence: string }[]): Promise<void> {
    await this.#declare('local', faults);
  }

  /** For uncaught errors and the end: from now on nothing is injected, whatever is asked. Never rejects. */
  async disarmEverything(code: string): Promise<void> {
    if (this.#publisher.stopped !== null) return;
    const ends = this.#armed().map((record) => this.#told({ kind: 'disarmed', record, reason: code }));
    this.#cancelTick();
    await this.#publisher.stop(code, ends);
  }

  list(): readonly ListedFault[] {
    const context = this.#listContext();
    return [...this.#known.records.values()].map((record) => listedFault(record, context));
  }

  /** As `list`, once the appliers have taken it: what begins from then on meets what it calls armed. */
  async listInForce(): Promise<readonly ListedFault[]> {
    for (let round = 0; round < registryLimits.inForceRounds; round++) {
      const { settled } = this.#publisher;
      await settled;
      if (settled === this.#publisher.settled) break;
    }
    return this.list();
  }

  state(): RegistryState {
    const armed = this.#publisher.stopped === null ? this.#armed().length : 0;
    const { records, seeds } = this.#known;
    const { seed, isGiven: seedGiven } = seeds;
    const when = { version: this.#publisher.version, changedMs: this.#publisher.changedMs };
    return { ...when, armed, listed: records.size, seed, seedGiven, stopped: this.#publisher.stopped };
  }

  /** Disarms everything, and resolves when nothing is left to do or to write. */
  async close(): Promise<void> {
    await this.disarmEverything('plan.closed');
    await this.#publisher.settled;
    this.events.end();
    await this.#stateFile.settled();
  }

  #listContext(): ListContext {
    return { appliers: this.#appliers, clock: this.#clock, stopped: this.#publisher.stopped };
  }

  #armed(): readonly FaultRecord[] {
    return faultsOf(this.#known.records).filter(isArmed);
  }

  #request(said: Said): FaultRequest {
    return faultRequest(said, this.#options.appliers);
  }

  #declare(source: Said['source'], faults: readonly Named[]): Promise<void> {
    const requests = faults.map(({ name, sentence }) => this.#request({ source, name, sentence }));
    return this.#change(this.#requests.declare(source, requests));
  }

  /** The control's faults go; those that others declare stay listed, and off. */
  async #switchOff(chosen: (name: string) => boolean): Promise<void> {
    await this.#change(this.#requests.dropControl(chosen), { off: chosen });
    await this.#stateFile.settled();
  }

  /** Null when the control endpoint may arm this. */
  #problemsOf(request: FaultRequest): readonly FaultProblem[] | null {
    if (request.kind === 'refused') return request.problems;
    const hasRoom = this.#requests.hasRoomFor(request, faultsOf(this.#known.records));
    return hasRoom ? null : [noRoom(request.sentence)];
  }

  #refuse(name: string, sentence: string, problems: readonly FaultProblem[]): ArmResult {
    const record = { kind: 'refused', source: 'control', name, sentence, problems } as const;
    this.events.publish({ kind: 'refused', record, reason: null }, null);
    return { kind: 'refused', problems };
  }

  /** After the end of everything the list stays as it was. */
  #change(requests: FaultRequests, wish: Omit<Wish, 'now'> = {}): Promise<void> {
    if (this.#publisher.stopped !== null) return this.#publisher.settled;
    const next = reconcile(requests, this.#known, { ...wish, now: this.#clock });
    [this.#requests, this.#known] = [next.requests, next.known];
    // What has ended is counted before its slot is given away, and what begins, after.
    const ends = next.changes.filter(({ kind }) => kind !== 'armed').map((change) => this.#told(change));
    for (const record of next.fresh) this.#appliers.resetTallies(record);
    const begins = next.changes.filter(({ kind }) => kind === 'armed').map((change) => this.#told(change));
    if (next.keptChanged) this.#save();
    this.#scheduleTick();
    const isPlanned = next.changes.some(({ kind }) => kind !== 'refused');
    return this.#publisher.publish(isPlanned ? this.#armed() : null, [...ends, ...begins]);
  }

  #save(): void {
    const { seeds, kept } = this.#known;
    this.#stateFile.save({ seeds: seeds.kept, faults: [...kept.values()] });
  }

  /** Armed or shadowed, a deadline runs. */
  #going(): readonly FaultRecord[] {
    return faultsOf(this.#known.records).filter(({ ended }) => ended === null);
  }

  #scheduleTick(): void {
    this.#cancelTick();
    const ends = this.#going().map((record) => remainingMs(record, this.#clock));
    if (ends.length === 0) return;
    const ms = Math.ceil(Math.min(registryLimits.tickMs, ...ends));
    this.#cancelTick = this.#clock.after(ms, () => this.#tick());
  }

  #tick(): void {
    this.#noticeHits();
    if (this.#going().some((record) => hasEnded(record, this.#clock))) void this.#change(this.#requests);
    else this.#scheduleTick();
  }

  #noticeHits(): void {
    for (const record of this.#appliers.firstHits(this.#armed()))
      this.events.publish(...this.#told({ kind: 'hit', record, reason: null }));
  }

  /** With what the fault did until now. */
  #told(change: FaultChange): Told {
    const { record } = change;
    return [change, record.kind === 'fault' ? this.#appliers.tallies(record) : null];
  }
}
