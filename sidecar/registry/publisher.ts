/**
 * Brings changes into force, one after the other: what is armed to the appliers first, and once they have taken it its
 * events to who listens. The end of everything overtakes what is under way: it waits for nobody, since appliers that
 * hang must not keep faults armed. An applier that fails to take what is armed is an applier of which nobody knows what
 * it injects, so everything is disarmed.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.js';
import { HavocError } from '../../core/havoc-error.js';
import type { ArmedFaults } from '../../faults/armed-faults.js';
import { proxyTimeouts } from '../proxy/timeouts.js';
import { type FaultApplier, noTallies, type Tallies } from './fault-applier.js';
import type { CountedChange, FaultEvents } from './fault-events.js';
import { armedFaultOf, type FaultRecord } from './fault-record.js';
import type { FaultChange } from './reconcile.js';

export interface PublisherOptions {
  readonly appliers: readonly FaultApplier[];
  readonly events: FaultEvents;
  readonly log: Logger;
  readonly clock: Clock;
  /** An applier did not take what is armed. */
  readonly onFailure: () => Promise<void>;
}

export class Publisher {
  /** Of the newest armed faults. */
  version = 0;
  changedMs: number;
  /** The code of what ended everything. */
  stopped: string | null = null;
  /** Resolves when the appliers have taken the newest armed faults and their events are out. Never rejects. */
  settled: Promise<void> = Promise.resolve();
  readonly #options: PublisherOptions;
  /** Slots of faults that have hit something. */
  readonly #hits = new Set<number>();

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.changedMs = options.clock.wallMs();
  }

  /** `records` are those that are armed; null where nothing is armed or disarmed. */
  publish(records: readonly FaultRecord[] | null, events: readonly CountedChange[]): Promise<void> {
    const armed = records === null ? null : this.#next(records);
    this.settled = this.settled.then(() => this.#bring(armed, events));
    return this.settled;
  }

  /** From now on nothing is in force. Never rejects. */
  async stop(code: string, ends: readonly CountedChange[]): Promise<void> {
    const { log } = this.#options;
    this.stopped = code;
    log.warn({ code: 'faults.stopped', reason: code, faults: ends.length }, 'disarming everything');
    await this.#apply(this.#next([])).catch((err: unknown) => {
      log.error(
        { code: 'faults.clear-failed', err },
        'the disk server or the TCP proxy did not take the end of all faults',
      );
    });
    this.#tell(ends);
  }

  applierOf({ fault }: FaultRecord): FaultApplier | null {
    return this.#options.appliers.find(({ name }) => name === fault.plane) ?? null;
  }

  /** With what the fault did until now. */
  counted(change: FaultChange): CountedChange {
    const { record } = change;
    return { ...change, tallies: record.kind === 'fault' ? this.#tallies(record) : null };
  }

  /** Of those that have hit something since they were armed, each once. */
  publishFirstHits(armed: readonly FaultRecord[]): void {
    for (const record of armed) {
      if (this.#hits.has(record.slot) || this.#tallies(record).injected === 0) continue;
      this.#hits.add(record.slot);
      this.#options.events.publish(this.counted({ kind: 'hit', record, reason: null }));
    }
  }

  /** Forgets what was counted in its slot. */
  resetTallies(record: FaultRecord): void {
    this.#hits.delete(record.slot);
    this.applierOf(record)?.resetTallies(record.slot);
  }

  #tallies(record: FaultRecord): Tallies {
    return this.applierOf(record)?.tallies(record.slot) ?? noTallies;
  }

  async #bring(armed: ArmedFaults | null, events: readonly CountedChange[]): Promise<void> {
    if (this.stopped !== null) return;
    try {
      if (armed !== null) await this.#apply(armed);
    } catch (err) {
      this.#options.log.error(
        { code: 'faults.apply-failed', err },
        'the disk server or the TCP proxy did not take a change of faults',
      );
      return this.#options.onFailure();
    }
    // Who was told of the end of everything must not hear of a fault that came before it.
    if (this.stopped === null) this.#tell(events);
  }

  async #apply(armed: ArmedFaults): Promise<void> {
    const { appliers, clock } = this.#options;
    const applied = appliers.map((applier) => {
      const faults = armed.faults.filter(({ fault }) => fault.plane === applier.name);
      return applier.apply({ version: armed.version, faults });
    });
    await withinBound(Promise.all(applied), clock);
  }

  #tell(events: readonly CountedChange[]): void {
    for (const event of events) this.#options.events.publish(event);
  }

  #next(armed: readonly FaultRecord[]): ArmedFaults {
    this.changedMs = this.#options.clock.wallMs();
    this.version += 1;
    return { version: this.version, faults: armed.map(armedFaultOf) };
  }
}

function withinBound(applied: Promise<unknown>, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(
        new HavocError(
          'faults.apply-late',
          `a change of faults was not taken within ${proxyTimeouts.applyMs} ms`,
        ),
      );
    const cancel = clock.after(proxyTimeouts.applyMs, late);
    applied.then(() => resolve(), reject).finally(cancel);
  });
}
