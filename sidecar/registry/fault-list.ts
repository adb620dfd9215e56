/**
 * The list of faults as time passes. Every change of anything computes the whole list again; while a deadline runs, the
 * ends that are due and the first hits are looked for.
 *
 *     requests, tick ─► reconcile ─► known ─► publisher ─► appliers, events
 *                           ▲          │
 *                           └──────────┴──► faults.json
 */
import type { Clock } from '../../core/clock.js';
import { type FaultRecord, faultsOf, hasEnded, isArmed, remainingMs } from './fault-record.js';
import { FaultRequests } from './fault-requests.js';
import type { Publisher } from './publisher.js';
import { type FaultChange, type Known, reconcile, type Wish } from './reconcile.js';
import { registryLimits } from './registry-limits.js';
import type { StateFile } from './state-file.js';

export interface FaultListOptions {
  readonly publisher: Publisher;
  readonly stateFile: StateFile;
  readonly clock: Clock;
}

export class FaultList {
  readonly #options: FaultListOptions;
  #requests = FaultRequests.none();
  #known: Known;
  #cancelTick: () => void = () => {};

  constructor(known: Known, options: FaultListOptions) {
    this.#known = known;
    this.#options = options;
  }

  get requests(): FaultRequests {
    return this.#requests;
  }

  get known(): Known {
    return this.#known;
  }

  /** Resolves when it is in force. After the end of everything the list stays as it was. */
  change(requests: FaultRequests, wish: Omit<Wish, 'now'> = {}): Promise<void> {
    const { publisher, clock } = this.#options;
    if (publisher.stopped !== null) return publisher.settled;
    const next = reconcile(requests, this.#known, { ...wish, now: clock });
    [this.#requests, this.#known] = [next.requests, next.known];
    const counted = (change: FaultChange) => publisher.counted(change);
    // What has ended is counted before its slot is given away, and what begins, after.
    const ends = next.changes.filter(({ kind }) => kind !== 'armed').map(counted);
    for (const record of next.fresh) publisher.resetTallies(record);
    const begins = next.changes.filter(({ kind }) => kind === 'armed').map(counted);
    if (next.keptChanged) this.save();
    this.#scheduleTick();
    const isPlanned = next.changes.some(({ kind }) => kind !== 'refused');
    return publisher.publish(isPlanned ? this.#armed() : null, [...ends, ...begins]);
  }

  /** For the next life. */
  save(): void {
    const { seeds, kept } = this.#known;
    this.#options.stateFile.save({ seeds: seeds.kept, faults: [...kept.values()] });
  }

  /** Disarms everything for good. Never rejects. */
  async stop(code: string): Promise<void> {
    const { publisher } = this.#options;
    this.#cancelTick();
    const disarmed = (record: FaultRecord) => publisher.counted({ kind: 'disarmed', record, reason: code });
    await publisher.stop(code, this.#armed().map(disarmed));
  }

  #armed(): readonly FaultRecord[] {
    return faultsOf(this.#known.records).filter(isArmed);
  }

  /** Armed or shadowed, a deadline runs. */
  #going(): readonly FaultRecord[] {
    return faultsOf(this.#known.records).filter(({ ended }) => ended === null);
  }

  #scheduleTick(): void {
    const { clock } = this.#options;
    this.#cancelTick();
    const ends = this.#going().map((record) => remainingMs(record, clock));
    if (ends.length === 0) return;
    this.#cancelTick = clock.after(Math.ceil(Math.min(registryLimits.tickMs, ...ends)), () => this.#tick());
  }

  #tick(): void {
    const { publisher, clock } = this.#options;
    publisher.publishFirstHits(this.#armed());
    if (this.#going().some((record) => hasEnded(record, clock))) void this.change(this.#requests);
    else this.#scheduleTick();
  }
}
