/** What a read-back found, in few bytes: how often each number is there, and whatever is not as it was written. */
import { type Entry, isWhole } from './entry.js';
import { limits } from './limits.js';

export class FoundTable {
  readonly #ledger: string;
  #copies = new Uint8Array(1024);
  #altered = 0;
  readonly #alteredNumbers = new Set<number>();

  constructor(ledger: string) {
    this.#ledger = ledger;
  }

  add(entry: Entry): void {
    if (!isWhole(this.#ledger, entry)) {
      this.#altered += 1;
      if (this.#alteredNumbers.size < limits.flawedReads) this.#alteredNumbers.add(entry.number);
      return;
    }
    while (entry.number >= this.#copies.length) this.#grow();
    this.#copies[entry.number] = Math.min(255, (this.#copies[entry.number] ?? 0) + 1);
  }

  /** Of what was written under this number. */
  copiesOf(number: number): number {
    return this.#copies[number] ?? 0;
  }

  /** Something is kept under this number that was not written. */
  isAltered(number: number): boolean {
    return this.#alteredNumbers.has(number);
  }

  /** How many entries are not as they were written. Their numbers may be damaged too. */
  get altered(): number {
    return this.#altered;
  }

  get alteredNumbers(): Iterable<number> {
    return this.#alteredNumbers;
  }

  get highest(): number {
    return this.#copies.findLastIndex((copies) => copies > 0);
  }

  #grow(): void {
    const copies = this.#copies;
    this.#copies = new Uint8Array(copies.length * 2);
    this.#copies.set(copies);
  }
}
