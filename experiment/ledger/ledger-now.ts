/** What a ledger knows while it is kept: counts, how many writes are acknowledged a second, and since when none is. */
import type { Outcome, Write } from './write-table.js';

export interface LedgerNow {
  /** Writes so far, by what was answered. */
  readonly acknowledged: number;
  readonly refused: number;
  readonly unknown: number;
  /** Acknowledged writes, over the last five seconds or since it began. */
  readonly perSecond: number;
  /** Since the last acknowledged write; where there was none, since the ledger began. */
  readonly unavailableMs: number;
  /** Reads that did not find an acknowledged write as it was written. */
  readonly wrongReads: number;
}

const spanMs = 250;
const spans = 20;

/** Times are milliseconds since the ledger began. */
export class LedgerTally {
  readonly #writes: Record<Outcome, number> = { acknowledged: 0, refused: 0, unknown: 0 };
  /** Acknowledged writes of the last spans, each where its number in a ring says. */
  readonly #recent = new Uint32Array(spans);
  /** The number of the newest span. */
  #newest = 0;
  #lastAcknowledgedMs = 0;
  #wrongReads = 0;

  addWrite({ outcome, startedMs, tookMs }: Write): void {
    this.#writes[outcome] += 1;
    if (outcome !== 'acknowledged') return;
    const atMs = startedMs + tookMs;
    this.#lastAcknowledgedMs = Math.max(this.#lastAcknowledgedMs, atMs);
    this.#goOnTo(atMs);
    this.#recent[this.#newest % spans] = (this.#recent[this.#newest % spans] ?? 0) + 1;
  }

  addWrongRead(): void {
    this.#wrongReads += 1;
  }

  get acknowledged(): number {
    return this.#writes.acknowledged;
  }

  at(nowMs: number): LedgerNow {
    this.#goOnTo(nowMs);
    const passedMs = nowMs - Math.max(0, this.#newest - spans + 1) * spanMs;
    const recent = this.#recent.reduce((sum, count) => sum + count, 0);
    return {
      ...this.#writes,
      perSecond: recent / (Math.max(spanMs, passedMs) / 1000),
      unavailableMs: Math.max(0, nowMs - this.#lastAcknowledgedMs),
      wrongReads: this.#wrongReads,
    };
  }

  #goOnTo(atMs: number): void {
    const span = Math.floor(atMs / spanMs);
    for (let next = Math.max(this.#newest + 1, span - spans + 1); next <= span; next += 1)
      this.#recent[next % spans] = 0;
    this.#newest = Math.max(this.#newest, span);
  }
}
