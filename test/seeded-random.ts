/** A generator of random numbers that starts again where its seed says (mulberry32). */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to `below`, without it. */
  integer(below: number): number {
    return Math.floor(this.#next() * below);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  one<T>(of: readonly T[]): T {
    return of[this.integer(of.length)] as T;
  }

  bytes(length: number): Buffer {
    const first = this.integer(256);
    const step = 1 + 2 * this.integer(120);
    return Buffer.from(Uint8Array.from({ length }, (_, index) => first + index * step));
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
