/** Every write of a ledger by its number, in few bytes: there may be millions. */

export const outcomes = ['acknowledged', 'refused', 'unknown'] as const;

/**
 * acknowledged: from here on it must never be lost. refused: the database said no; it must not be there. unknown: the
 * connection broke before the answer; there or not, both are right.
 */
export type Outcome = (typeof outcomes)[number];

/** Milliseconds since the ledger began. */
export interface Write {
  readonly number: number;
  readonly outcome: Outcome;
  readonly startedMs: number;
  readonly tookMs: number;
}

export class WriteTable {
  #highest = 0;
  /** 0 where the number has no record, else one more than the index of its outcome. */
  #outcomes = new Uint8Array(1024);
  #startedMs = new Float64Array(1024);
  #tookMs = new Float32Array(1024);

  /** Of the numbers that have a record. Numbers begin with 1. */
  get highest(): number {
    return this.#highest;
  }

  add({ number, outcome, startedMs, tookMs }: Write): void {
    while (number >= this.#outcomes.length) this.#grow();
    this.#outcomes[number] = outcomes.indexOf(outcome) + 1;
    this.#startedMs[number] = startedMs;
    this.#tookMs[number] = tookMs;
    this.#highest = Math.max(this.#highest, number);
  }

  /** Undefined where nothing is recorded of this number. */
  outcomeOf(number: number): Outcome | undefined {
    return outcomes[(this.#outcomes[number] ?? 0) - 1];
  }

  /** When its outcome was known. */
  endedMs(number: number): number {
    return (this.#startedMs[number] ?? 0) + (this.#tookMs[number] ?? 0);
  }

  tookMs(number: number): number {
    return this.#tookMs[number] ?? 0;
  }

  *numbers(outcome: Outcome): Generator<number> {
    for (let number = 1; number <= this.#highest; number += 1)
      if (this.outcomeOf(number) === outcome) yield number;
  }

  #grow(): void {
    const size = this.#outcomes.length * 2;
    const [outcomes, startedMs, tookMs] = [this.#outcomes, this.#startedMs, this.#tookMs];
    this.#outcomes = new Uint8Array(size);
    this.#outcomes.set(outcomes);
    this.#startedMs = new Float64Array(size);
    this.#startedMs.set(startedMs);
    this.#tookMs = new Float32Array(size);
    this.#tookMs.set(tookMs);
  }
}
