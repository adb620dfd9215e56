/** The ledger of a run, told once a second in the journal, and read back at its end. */
import type { Clock } from '../../core/clock.js';
import type { OwnLedgerSpec } from '../file/ledger.js';
import type { Traffic } from '../journal/events.js';
import { latencyOf } from '../latency.js';
import type { LedgerTarget } from '../ledger/databases/database.js';
import { type Ledger, startLedger } from '../ledger/ledger.js';
import type { LedgerNow } from '../ledger/ledger-now.js';
import type { LedgerResult } from '../ledger/result.js';
import type { ReadSecret } from '../secret.js';

/** What an execution asks of a ledger. */
export interface RunLedger {
  /** Rejects where the database cannot be reached. */
  begin(): Promise<void>;
  /** What it knows at this moment; null: it has not begun. */
  now(): LedgerNow | null;
  /** Since the last time it was asked; null: it has not begun. */
  traffic(): Traffic | null;
  /** Ends the writers first. Bounded. */
  readBack(): Promise<LedgerResult>;
  /** Is the run over? Where it is not, another may carry it on, with this ledger if it is still there. */
  close(isOver: boolean): Promise<void>;
}

export interface KeptLedgerOptions {
  /** What it remembers stays there. */
  readonly stateDir: string;
  readonly clock: Clock;
  readonly secret: ReadSecret;
}

export class KeptLedger implements RunLedger {
  readonly #spec: OwnLedgerSpec;
  readonly #stateDir: string;
  readonly #clock: Clock;
  readonly #secret: ReadSecret;
  #ledger: Ledger | null = null;
  #tookMs: number[] = [];
  #refused = 0;
  #unknown = 0;

  constructor(spec: OwnLedgerSpec, { stateDir, clock, secret }: KeptLedgerOptions) {
    this.#spec = spec;
    this.#stateDir = stateDir;
    this.#clock = clock;
    this.#secret = secret;
  }

  async begin(): Promise<void> {
    const { writers, readers, operationTimeoutMs, url, readBackFrom } = this.#spec;
    this.#ledger = await startLedger(
      {
        target: await this.#target(url),
        ...(readBackFrom.length > 0 && {
          readBackFrom: await Promise.all(readBackFrom.map((one) => this.#target(one))),
        }),
        stateDir: this.#stateDir,
        writers,
        readers,
        operationTimeoutMs,
      },
      this.#clock,
    );
    this.#ledger.onOperation(({ outcome, tookMs }) => {
      if (outcome === 'acknowledged') this.#tookMs.push(tookMs);
      else if (outcome === 'refused') this.#refused += 1;
      else this.#unknown += 1;
    });
  }

  now(): LedgerNow | null {
    return this.#ledger?.now() ?? null;
  }

  traffic(): Traffic | null {
    if (this.#ledger === null) return null;
    const { p50Ms = null, p99Ms = null } = latencyOf(this.#tookMs) ?? {};
    const acknowledged = this.#tookMs.length;
    const traffic = { acknowledged, refused: this.#refused, unknown: this.#unknown, p50Ms, p99Ms };
    this.#tookMs = [];
    this.#refused = 0;
    this.#unknown = 0;
    return traffic;
  }

  async readBack(): Promise<LedgerResult> {
    if (this.#ledger === null) throw new Error('the ledger has not begun');
    return this.#ledger.readBack();
  }

  async close(): Promise<void> {
    await this.#ledger?.stop().catch(() => {});
  }

  async #target(url: string): Promise<LedgerTarget> {
    const { kind, passwordFrom } = this.#spec;
    return { kind, url, ...(passwordFrom !== null && { password: await this.#secret(passwordFrom) }) };
  }
}
