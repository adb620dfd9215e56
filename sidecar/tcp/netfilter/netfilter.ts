/**
 * Our rules in this network namespace: made whole from all armed faults, read back, and recreated when somebody else
 * has changed them.
 */
import type { Logger } from 'pino';
import type { Clock } from '../../../core/clock.js';
import { hasCode } from '../../../core/havoc-error.js';
import type { CompiledTcpFault, KnownPeers } from '../../../faults/compile-tcp.js';
import { limits } from '../limits.js';
import type { InterceptionConfig } from '../tcp-config.js';
import type { TcpCounters } from '../tcp-counters.js';
import { run } from './command.js';
import { isNearlyFull, readConntrack } from './conntrack.js';
import { isForKernel, type PacketFault } from './fault-rules.js';
import { PacketCounts } from './packet-counts.js';
import { readTable, type TableReading } from './read-back.js';
import { addRoutes, hasRoutes, rollBack } from './routes.js';
import { type Retired, rulesetOf } from './ruleset.js';
import { table } from './table.js';

export interface NetfilterOptions {
  readonly interception: InterceptionConfig;
  readonly counters: TcpCounters;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface PacketFaults {
  readonly faults: readonly CompiledTcpFault[];
  readonly known: KnownPeers;
}

export class Netfilter {
  /** Times somebody else had changed our rules. */
  mended = 0;
  readonly #counts: PacketCounts;
  #applied: PacketFaults = { faults: [], known: { names: new Map(), node: [] } };
  #inForce: readonly PacketFault[] = [];
  #retired: readonly Retired[] = [];
  readonly #serials = new Map<string, number>();
  #sets: ReadonlyMap<number, readonly string[]> = new Map();
  #lastSerial = 0;
  #fingerprint: string | null = null;
  #cancel: () => void = () => {};
  #isClosed = false;
  #seesListeners = true;
  #wasFull = false;
  /** One thing at a time. */
  #busy: Promise<void> = Promise.resolve();
  readonly #options: NetfilterOptions;

  constructor(options: NetfilterOptions) {
    this.#options = options;
    this.#counts = new PacketCounts(options.counters);
  }

  /** Resolves when the kernel applies these faults, and no others. Rejects with a `netfilter.` code: then those before. */
  apply(packetFaults: PacketFaults): Promise<void> {
    return this.#exclusively(async () => {
      this.#applied = packetFaults;
      if (this.#fingerprint === null) return this.#bringUp();
      await this.#bringIntoForce(false).catch((error: unknown) => {
        // What we meant to build on is not there any more.
        if (hasFailed(error)) return this.#bringIntoForce(true);
        throw error;
      });
    });
  }

  /** The tallies of a slot are another fault's from now on. */
  forget(slot: number): void {
    this.#inForce = this.#inForce.filter(({ fault }) => fault.slot !== slot);
  }

  /** Everything is as before us. Connections that are open with us go on. */
  close(): Promise<void> {
    this.#cancel();
    return this.#exclusively(async () => {
      this.#isClosed = true;
      await this.#count().catch((error: unknown) => this.#report(error));
      await rollBack();
    });
  }

  async #bringUp(): Promise<void> {
    try {
      await this.#bringIntoForce(true);
    } catch (error) {
      if (!hasFailed(error)) throw error;
      this.#seesListeners = false;
      await this.#bringIntoForce(true);
      const msg =
        'the kernel has no nft_socket: connections are taken where nobody listens too, and then reset';
      this.#options.log.warn({ code: 'tcp.listeners-unseen' }, msg);
    }
  }

  async #bringIntoForce(isFresh: boolean): Promise<void> {
    const faults = this.#packetFaults();
    const { interception } = this.#options;
    const { script, sets } = rulesetOf({
      ...{ interception, faults, isFresh, seesListeners: this.#seesListeners },
      known: this.#applied.known,
      nowMs: this.#options.clock.wallMs(),
      retired: this.#retired,
      hasHooks: this.#sets.size > 0,
    });
    if (isFresh) await addRoutes();
    await run('nft', ['-f', '-'], script);
    if (isFresh) this.#counts.forget();
    const before = this.#inForce;
    const gone = isFresh ? [] : [...this.#sets].filter(([serial]) => !sets.has(serial));
    this.#retired = gone.map(([serial, names]) => ({ serial, sets: names }));
    this.#sets = sets;
    const reading = await this.#read();
    this.#counts.note(reading, [...faults, ...before.filter(({ serial }) => !sets.has(serial))]);
    this.#inForce = faults;
    this.#fingerprint = reading.fingerprint;
    this.#watch(isFresh ? limits.firstWatchMs : null);
  }

  #packetFaults(): readonly PacketFault[] {
    const nowMs = this.#options.clock.wallMs();
    const faults = this.#applied.faults.filter((fault) => isForKernel(fault) && fault.endsMs > nowMs);
    const keys = new Set(faults.map(({ key }) => key));
    for (const key of this.#serials.keys()) if (!keys.has(key)) this.#serials.delete(key);
    return faults.map((fault) => ({ fault, serial: this.#serialOf(fault.key) }));
  }

  #serialOf(key: string): number {
    const known = this.#serials.get(key);
    if (known !== undefined) return known;
    this.#lastSerial++;
    this.#serials.set(key, this.#lastSerial);
    return this.#lastSerial;
  }

  #watch(soonMs: number | null): void {
    this.#cancel();
    if (this.#isClosed) return;
    const ms = this.#inForce.length > 0 ? limits.watchArmedMs : limits.watchMs;
    this.#cancel = this.#options.clock.after(soonMs ?? ms, () => void this.#look());
  }

  /** Counts, and mends what is not as we left it. */
  #look(): Promise<void> {
    return this.#exclusively(async () => {
      if (this.#isClosed) return;
      this.#warnOfConntrack();
      const reading = await this.#count().catch((error: unknown) => {
        if (hasFailed(error)) return null;
        throw error;
      });
      if (reading?.fingerprint === this.#fingerprint && (await hasRoutes())) return;
      // The kernel lets the peers of a fault go at its end, which may be a moment before we do.
      const isOver = this.#inForce.some(({ fault }) => fault.endsMs <= this.#options.clock.wallMs());
      await this.#bringIntoForce(!isOver);
      if (isOver) return;
      this.mended++;
      this.#options.log.warn(
        { code: 'tcp.rules-mended' },
        'somebody had changed our rules: they are recreated',
      );
    })
      .catch((error: unknown) => this.#report(error))
      .then(() => this.#watch(null));
  }

  /** Once each time it fills up. */
  #warnOfConntrack(): void {
    const conntrack = readConntrack();
    const isFull = conntrack !== null && isNearlyFull(conntrack);
    if (isFull && !this.#wasFull) {
      const msg =
        'the connection table is nearly full: the kernel drops new connections once it is (nf_conntrack_max)';
      this.#options.log.warn({ code: 'tcp.conntrack-full', ...conntrack }, msg);
    }
    this.#wasFull = isFull;
  }

  async #count(): Promise<TableReading> {
    const reading = await this.#read();
    this.#counts.note(reading, this.#inForce);
    return reading;
  }

  async #read(): Promise<TableReading> {
    return readTable(await run('nft', ['-j', 'list', 'table', ...table.split(' ')]));
  }

  #report(error: unknown): void {
    this.#options.log.error({ code: 'tcp.rules-unseen', err: error }, 'our rules cannot be looked after');
  }

  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => {});
    return done;
  }
}

/** It was nft, or the kernel behind it, that did not take what it was given. */
const hasFailed = (error: unknown): boolean => hasCode(error, 'netfilter.failed');
