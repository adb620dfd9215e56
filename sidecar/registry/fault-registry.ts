/**
 * The registry of faults: who asks for which, since when and until when, and the armed faults that follow for the appliers.
 *
 *     annotations ─┐
 *     control ─────┼─► requests ─► list ─► ArmedFaults ─► appliers ─► events
 *     local ───────┘
 *
 * The same name of several sources is the annotation's,
 * then the control's, then the command line's; the others are listed as shadowed, their deadlines running, and
 * the next of them takes over when the first is removed. A refused sentence shadows too: nobody guesses.
 */
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../core/clock.js';
import type { AnnotationsRead, AnnotationsReading } from './annotations/annotations.js';
import type { FaultApplier } from './fault-applier.js';
import { FaultEvents } from './fault-events.js';
import { FaultList } from './fault-list.js';
import {
  faultsOf,
  isArmed,
  type ListedFault,
  type ListedRecord,
  listedFault,
  recordKey,
} from './fault-record.js';
import {
  type FaultProblem,
  type FaultRequest,
  faultRequest,
  type NamedSentence,
  noRoom,
  type Source,
} from './fault-requests.js';
import { type DrawSeed, drawSeed, FaultSeeds } from './fault-seeds.js';
import { Publisher } from './publisher.js';
import { nothingKnown } from './reconcile.js';
import { registryLimits } from './registry-limits.js';
import { hasRoomFor } from './slots.js';
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

export class FaultRegistry {
  readonly events: FaultEvents;
  readonly #appliers: readonly FaultApplier[];
  readonly #clock: Clock;
  readonly #publisher: Publisher;
  readonly #stateFile: StateFile;
  readonly #list: FaultList;

  /** Reads what an earlier life kept. The control's faults are armed again at once, until their old deadlines. */
  static async open(options: FaultRegistryOptions): Promise<FaultRegistry> {
    const stateFile = new StateFile(options.stateDirectory, options.log);
    const kept = await stateFile.load();
    const registry = new FaultRegistry(options, stateFile, kept);
    // A death in the next moment must not change a seed that was shown.
    if (options.seed === null && kept.seeds.seed === null) registry.#list.save();
    await registry.#declare(
      'control',
      kept.faults.filter(({ source }) => source === 'control'),
    );
    return registry;
  }

  private constructor(options: FaultRegistryOptions, stateFile: StateFile, kept: KeptState) {
    const { appliers, log, clock = systemClock } = options;
    this.#appliers = appliers;
    this.#clock = clock;
    this.#stateFile = stateFile;
    this.events = new FaultEvents(log, clock);
    const onFailure = () => this.disarmEverything('faults.apply-failed');
    this.#publisher = new Publisher({ appliers, events: this.events, log, clock, onFailure });
    const seeds = new FaultSeeds(options.seed, kept.seeds, options.drawSeed ?? drawSeed);
    const known = nothingKnown(kept.faults, seeds);
    this.#list = new FaultList(known, { publisher: this.#publisher, stateFile, clock });
  }

  /**
   * Arms, or replaces, a fault of the control endpoint. One that is armed already goes on, its deadline unchanged.
   * Resolves when a death in the next moment would not forget it.
   */
  async arm(name: string, sentence: string): Promise<ArmResult> {
    if (this.#publisher.stopped !== null) return { kind: 'stopped', code: this.#publisher.stopped };
    const request = faultRequest('control', { name, sentence }, this.#appliers);
    const problems = this.#problemsOf(request);
    if (problems !== null) return this.#refuse(name, sentence, problems);
    const key = recordKey(request);
    const created = !this.#list.known.records.has(key);
    const taken = this.#list.change(this.#list.requests.putControl(request), { again: key });
    const record = this.#list.known.records.get(key);
    if (record === undefined) throw new TypeError(`${name} was put and is not listed`);
    const fault = this.#listed(record);
    await taken;
    await this.#stateFile.settled();
    if (this.#publisher.stopped !== null) return { kind: 'stopped', code: this.#publisher.stopped };
    return { kind: 'armed', created, fault };
  }

  /** Switches a name off, whoever asks for it; an annotation's stays off until it changes. False: no such name. */
  async disarm(name: string): Promise<boolean> {
    const known = [...this.#list.known.records.values()].some((record) => record.name === name);
    await this.#switchOff((other) => other === name);
    return known;
  }

  /** As `disarm`, for every name. */
  async disarmAll(): Promise<void> {
    await this.#switchOff(() => true);
  }

  /** Resolves when the appliers have taken what follows. */
  async setAnnotations(reading: AnnotationsReading): Promise<void> {
    if (reading.kind === 'read') await this.#annotate(reading);
    else await this.#list.change(this.#list.requests.markUnavailable('annotation'));
  }

  /** The faults of the command line, all of them. */
  async setLocal(faults: readonly NamedSentence[]): Promise<void> {
    await this.#declare('local', faults);
  }

  /** For uncaught errors and the end: from now on nothing is injected, whatever is asked. Never rejects. */
  async disarmEverything(code: string): Promise<void> {
    if (this.#publisher.stopped === null) await this.#list.stop(code);
  }

  list(): readonly ListedFault[] {
    return [...this.#list.known.records.values()].map((record) => this.#listed(record));
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
    const { version, changedMs, stopped } = this.#publisher;
    const { records, seeds } = this.#list.known;
    const armed = stopped === null ? faultsOf(records).filter(isArmed).length : 0;
    const { seed, isGiven: seedGiven } = seeds;
    return { version, changedMs, armed, listed: records.size, seed, seedGiven, stopped };
  }

  /** Disarms everything, and resolves when nothing is left to do or to write. */
  async close(): Promise<void> {
    await this.disarmEverything('faults.closed');
    await this.#publisher.settled;
    this.events.end();
    await this.#stateFile.settled();
  }

  #listed(record: ListedRecord): ListedFault {
    const applier = record.kind === 'fault' ? this.#publisher.applierOf(record) : null;
    return listedFault(record, { applier, now: this.#clock, stopped: this.#publisher.stopped });
  }

  #declare(source: Source, faults: readonly NamedSentence[]): Promise<void> {
    const requests = faults.map((said) => faultRequest(source, said, this.#appliers));
    return this.#list.change(this.#list.requests.declare(source, requests));
  }

  /** What others declare stays; of the control's faults those go that were armed before the annotations say. */
  async #annotate({ faults, disarmBeforeMs }: AnnotationsRead): Promise<void> {
    const requests = faults.map((said) => faultRequest('annotation', said, this.#appliers));
    const asked = this.#list.requests.declare('annotation', requests);
    if (disarmBeforeMs === null) return await this.#list.change(asked);
    const early = [...this.#list.known.records.values()].filter(
      (record) =>
        record.kind === 'fault' && record.source === 'control' && record.startedMs <= disarmBeforeMs,
    );
    const names = new Set(early.map(({ name }) => name));
    await this.#list.change(asked.dropControl((name) => names.has(name)));
    if (names.size > 0) await this.#stateFile.settled();
  }

  /** The control's faults go; those that others declare stay listed, and off. */
  async #switchOff(chosen: (name: string) => boolean): Promise<void> {
    await this.#list.change(this.#list.requests.dropControl(chosen), { off: chosen });
    await this.#stateFile.settled();
  }

  /** Null when the control endpoint may arm this. */
  #problemsOf(request: FaultRequest): readonly FaultProblem[] | null {
    if (request.kind === 'refused') return request.problems;
    const { requests, known } = this.#list;
    return hasRoomFor(request, requests, faultsOf(known.records)) ? null : [noRoom(request.sentence)];
  }

  #refuse(name: string, sentence: string, problems: readonly FaultProblem[]): ArmResult {
    const record = { kind: 'refused', source: 'control', name, sentence, problems } as const;
    this.events.publish({ kind: 'refused', record, reason: null, tallies: null });
    return { kind: 'refused', problems };
  }
}
