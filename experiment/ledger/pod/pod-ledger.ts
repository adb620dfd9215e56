/**
 * Keeps the ledger of one run at a time, as it is ordered, beside the application and for whoever carries the run on: the
 * controller may die, and the next one reads the same.
 *
 *     order ─ write ─────► a ledger of this run ─ now ─► page
 *           ─ read-back ─► it ends, and is read back ──► report
 *           ─ none ──────► it ends
 */
import type { Clock } from '../../../core/clock.js';
import { messageOf } from '../../../core/havoc-error.js';
import type { LedgerTarget } from '../databases/database.js';
import { type Ledger, startLedger } from '../ledger.js';
import { limits } from '../limits.js';
import { readBackLedger } from '../read-back-ledger.js';
import type { LedgerResult } from '../result.js';
import type { LedgerOrder } from './ledger-order.js';
import type { LedgerPage, LedgerReport, LedgerState } from './ledger-page.js';
import { RecentLatency } from './recent-latency.js';
import { RunFolders } from './run-folders.js';

export interface PodLedgerOptions {
  readonly target: LedgerTarget;
  /** In place of the target. */
  readonly readBackFrom?: readonly LedgerTarget[];
  /** Outlives the process, and best the pod. */
  readonly stateDir: string;
  /** Of a whole read-back. */
  readonly readBackMs: number;
  readonly clock: Clock;
  /** What happens to it, for its log. */
  readonly onState: (page: Pick<LedgerPage, 'run' | 'state' | 'message'>) => void;
}

interface Current {
  readonly ledger: Ledger;
  readonly latency: RecentLatency;
}

export class PodLedger {
  readonly #options: PodLedgerOptions;
  readonly #folders: RunFolders;
  #current: Current | null = null;
  #run: string | null = null;
  #state: LedgerState = 'idle';
  #message: string | null = null;
  #againAtMs = 0;

  /** Throws `ledger.state-unwritable`. */
  constructor(options: PodLedgerOptions) {
    this.#options = options;
    this.#folders = new RunFolders(options.stateDir);
  }

  page(): Omit<LedgerPage, 'pod'> {
    const { ledger, latency } = this.#current ?? {};
    return {
      ...{ run: this.#run, state: this.#state, message: this.#message },
      now: ledger?.now() ?? null,
      latency: latency?.now() ?? null,
    };
  }

  reports(): readonly LedgerReport[] {
    return this.#folders.reports();
  }

  /** Does what is ordered, where it is not so yet. Never rejects; one call at a time. */
  async follow(order: LedgerOrder | null): Promise<void> {
    if ((order?.run ?? null) !== this.#run) await this.#leave();
    if (order === null) return;
    this.#run = order.run;
    if (this.#folders.report(order.run) !== undefined) return this.#become('judged');
    if (order.want === 'read-back') return this.#readBack(order);
    if (this.#options.clock.wallMs() >= Date.parse(order.until)) return this.#end('its time is over');
    if (this.#current === null) await this.#begin(order);
  }

  /** What it remembers stays. */
  async close(): Promise<void> {
    await this.#current?.ledger.stop().catch(() => {});
  }

  async #leave(): Promise<void> {
    await this.close();
    this.#current = null;
    this.#run = null;
    this.#againAtMs = 0;
    this.#become('idle');
  }

  async #begin(order: LedgerOrder): Promise<void> {
    const { clock } = this.#options;
    // A history goes on in the process that began it, or not at all: the numbers of its writes would be used twice.
    if (this.#folders.hasHistory(order.run))
      return this.#become('ended', 'the pod was started again; what it remembers can be read back');
    if (clock.monotonicMs() < this.#againAtMs) return;
    try {
      this.#folders.makeRoomFor(order.run);
      const { writers, readers, operationTimeoutMs } = order;
      const stateDir = this.#folders.folderOf(order.run);
      const { target, readBackFrom, readBackMs } = this.#options;
      const ledger = await startLedger(
        {
          ...{ target, stateDir, writers, readers, operationTimeoutMs, readBackMs },
          ...(readBackFrom && { readBackFrom }),
        },
        clock,
      );
      const latency = new RecentLatency(clock);
      ledger.onOperation(({ outcome, tookMs }) => {
        if (outcome === 'acknowledged') latency.add(tookMs);
      });
      this.#current = { ledger, latency };
      this.#become('writes');
    } catch (error) {
      this.#againAtMs = clock.monotonicMs() + limits.beginAgainMs;
      this.#become('failed', messageOf(error));
    }
  }

  async #end(message: string): Promise<void> {
    await this.close();
    this.#become('ended', message);
  }

  async #readBack(order: LedgerOrder): Promise<void> {
    this.#become('reads-back');
    const report = await this.#judge(order).then(
      (result): LedgerReport => ({ run: order.run, result, message: result.message }),
      (error: unknown): LedgerReport => ({ run: order.run, result: null, message: messageOf(error) }),
    );
    const unkept = this.#keep(report);
    // First the report: what is taken away cannot be read back once more.
    if (unkept === null && report.result !== null && isIntact(report.result))
      await this.#current?.ledger.remove().catch(() => {});
    this.#current = null;
    this.#become('judged', unkept);
  }

  #judge({ run, operationTimeoutMs }: LedgerOrder): Promise<LedgerResult> {
    if (this.#current !== null) return this.#current.ledger.readBack();
    if (!this.#folders.hasHistory(run))
      return Promise.reject(new Error('the pod that keeps the ledger remembers nothing of this run'));
    const { target, readBackFrom, readBackMs, clock } = this.#options;
    return readBackLedger(
      {
        ...{ stateDir: this.#folders.folderOf(run), operationTimeoutMs, readBackMs },
        ...(target.password !== undefined && { password: target.password }),
        ...(readBackFrom && { readBackFrom }),
      },
      clock,
    );
  }

  /** What went wrong; null: nothing. */
  #keep(report: LedgerReport): string | null {
    try {
      this.#folders.keep(report);
      return null;
    } catch (error) {
      return `the report is not on the volume: ${messageOf(error)}`;
    }
  }

  #become(state: LedgerState, message: string | null = null): void {
    const isNew = state !== this.#state || message !== this.#message;
    this.#state = state;
    this.#message = message;
    if (isNew) this.#options.onState({ run: this.#run, state, message });
  }
}

const isIntact = ({ data, registers }: LedgerResult): boolean =>
  data === 'Intact' && (registers === null || registers === 'Ok');
