/**
 * A lock in shared memory, for tables that every reader thread touches. Held for a microsecond or two; a
 * thread that finds it taken yields its core, since with two cores the holder may be waiting for ours.
 */
import { libc } from '../../linux/libc.js';

export class Lock {
  readonly #words: Int32Array;
  readonly #index: number;
  constructor(words: Int32Array, index: number) {
    this.#words = words;
    this.#index = index;
  }

  hold<T>(action: () => T): T {
    this.acquire();
    try {
      return action();
    } finally {
      this.release();
    }
  }

  acquire(): void {
    for (let tries = 1; Atomics.compareExchange(this.#words, this.#index, 0, 1) !== 0; tries++) {
      if (tries % 64 === 0) libc.schedYield();
    }
  }

  release(): void {
    Atomics.store(this.#words, this.#index, 0);
  }

  /** For the one thread that starts after a death: whoever held it is gone. */
  breakOpen(): void {
    this.release();
  }
}
