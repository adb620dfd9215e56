/**
 * The places where planes count for a fault. The one that was free longest is given first, so that operations
 * still in flight for a fault that has gone do not count for the next.
 */
import { limits } from '../../faults/limits.js';

export class Slots {
  readonly #free: number[] = Array.from({ length: limits.faults }, (_, slot) => slot);

  get free(): number {
    return this.#free.length;
  }

  /** Null when all are taken. */
  take(): number | null {
    return this.#free.shift() ?? null;
  }

  release(slot: number): void {
    this.#free.push(slot);
  }
}
