/**
 * The places where a fault is counted. The one that was free longest is given first, so that operations still in
 * flight for a fault that has gone do not count for the next. One that a fault had in an earlier life is kept for it.
 */
import { limits } from '../../faults/limits.js';

export class Slots {
  #free: number[];
  /** Slots that have counted for nobody else since the earlier life. */
  #untouched: Set<number>;

  constructor(kept: Iterable<number> = []) {
    this.#untouched = new Set(kept);
    const all = Array.from({ length: limits.faults }, (_, slot) => slot);
    this.#free = [...all.filter((slot) => !this.#untouched.has(slot)), ...this.#untouched];
  }

  copy(): Slots {
    const copy = new Slots();
    copy.#free = [...this.#free];
    copy.#untouched = new Set(this.#untouched);
    return copy;
  }

  get free(): number {
    return this.#free.length;
  }

  /** Null when all are taken. */
  take(): number | null {
    const slot = this.#free.shift() ?? null;
    if (slot !== null) this.#untouched.delete(slot);
    return slot;
  }

  /** The slot of an earlier life, with what was counted there. False where another fault had it since. */
  takeAgain(slot: number): boolean {
    if (!this.#untouched.delete(slot)) return false;
    this.#free.splice(this.#free.indexOf(slot), 1);
    return true;
  }

  release(slot: number): void {
    this.#free.push(slot);
  }
}
