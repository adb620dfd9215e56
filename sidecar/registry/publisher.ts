/**
 * Brings changes into force, one after the other: a plan to the appliers first, and once they have taken it its events
 * to who listens. The end of everything overtakes what is under way.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../core/clock.js';
import type { Appliers } from './appliers.js';
import type { Tallies } from './fault-applier.js';
import type { FaultEvents } from './fault-events.js';
import { armedFaultOf, type FaultRecord } from './fault-record.js';
import type { FaultChange } from './reconcile.js';

/** With what the fault did until then. */
export type Told = readonly [FaultChange, Tallies | null];

export interface PublisherOptions {
  readonly appliers: Appliers;
  readonly events: FaultEvents;
  readonly log: Logger;
  readonly clock: Clock;
  /** An applier did not take a plan. */
  readonly onFailure: () => Promise<void>;
}

export class Publisher {
  /** Of the newest plan. */
  version = 0;
  changedMs: number;
  /** The code of what ended everything. */
  stopped: string | null = null;
  /** Resolves when the appliers have taken the newest plan and its events are out. Never rejects. */
  settled: Promise<void> = Promise.resolve();
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.changedMs = options.clock.wallMs();
  }

  /** `armed` is null where nothing is armed or disarmed. */
  publish(armed: readonly FaultRecord[] | null, events: readonly Told[]): Promise<void> {
    const { appliers, log, onFailure } = this.#options;
    const taken =
      armed === null
        ? Promise.resolve()
        : appliers.publish({ version: this.#nextVersion(), faults: armed.map(armedFaultOf) });
    const tell = () => {
      // Who was told of the end of everything must not hear of a fault that came before it.
      if (this.stopped === null) this.#tell(events);
    };
    this.settled = Promise.all([taken, this.settled]).then(tell, (err: unknown) => {
      log.error({ code: 'plan.apply-failed', err }, 'a plane did not take the plan');
      return onFailure();
    });
    return this.settled;
  }

  /** From now on nothing is in force. Never rejects. */
  async stop(code: string, ends: readonly Told[]): Promise<void> {
    const { appliers, log } = this.#options;
    this.stopped = code;
    log.warn({ code: 'plan.stopped', reason: code, faults: ends.length }, 'disarming everything');
    await appliers.clear(this.#nextVersion()).catch((err: unknown) => {
      log.error({ code: 'plan.clear-failed', err }, 'a plane did not take the empty plan');
    });
    this.#tell(ends);
  }

  #tell(events: readonly Told[]): void {
    for (const [change, tallies] of events) this.#options.events.publish(change, tallies);
  }

  #nextVersion(): number {
    this.changedMs = this.#options.clock.wallMs();
    this.version += 1;
    return this.version;
  }
}
