/**
 * Who serves the device. The kernel wakes waiting readers in turn, so that with many of them each request finds a
 * thread with cold caches and code not yet compiled. So a few are ready: they wait at the device or do what is soon
 * done. The others stand by, and one is called when the last that was ready turns to what may take long.
 *
 *     stand by ─► ready: wait at the device, serve ─► away: wait for the disk beneath ─┬─► ready
 *         ▲                                                                            └─ enough are ready ─┐
 *         └─────────────────────────────────────────────────────────────────────────────────────────────────┘
 */
import { availableParallelism } from 'node:os';

/**
 * One alone would be woken on the core of whoever asks, and have to wait for it. A third serves one program alone a
 * tenth faster, since of two the one that is called has often just answered and is not asleep yet; but four programs
 * at once a tenth slower. More than half the cores are the askers'.
 */
const enough = Math.max(2, availableParallelism() >> 1);

const word = { ready: 0, calls: 1, extra: 2 } as const;

export const readerPoolBytes = 12;

/** So few requests answered between two looks, with others waiting: the threads that are ready are not busy but stuck. */
const fewAnswered = 16;

export class ReaderPool {
  readonly #words: Int32Array;
  #seenAnswered = 0;
  readonly #mostReady: number;

  constructor(memory: SharedArrayBuffer, mostReady = enough) {
    this.#mostReady = mostReady;
    this.#words = new Int32Array(memory);
  }

  /** Returns when this thread is to serve the device; it is counted as ready. */
  enter(): void {
    for (;;) {
      const calls = Atomics.load(this.#words, word.calls);
      if (Atomics.add(this.#words, word.ready, 1) < this.#most) return;
      const left = Atomics.sub(this.#words, word.ready, 1) - 1;
      if (left < this.#most) continue;
      Atomics.wait(this.#words, word.calls, calls);
    }
  }

  /** What this thread does next may take long: somebody else is to be ready. */
  leave(): void {
    if (Atomics.sub(this.#words, word.ready, 1) === 1) this.#call(1);
  }

  /** Are more ready than are enough, now that nobody is stuck any more? */
  get isCrowded(): boolean {
    return (this.#words[word.ready] ?? 0) > this.#most;
  }

  /**
   * To be asked from time to time. Is a request waiting, though threads are ready, and hardly any was `answered` since?
   * Then what they do takes long after all, and one more is called; and yet one more, as long as it is so.
   */
  addReaderIfStuck(isWaiting: boolean, answered: number): void {
    const areStuck = isWaiting && answered - this.#seenAnswered < fewAnswered;
    this.#seenAnswered = answered;
    if (!areStuck) {
      Atomics.store(this.#words, word.extra, 0);
      return;
    }
    Atomics.add(this.#words, word.extra, 1);
    this.#call(1);
  }

  /** The volume is gone: everybody is to find out. */
  dismiss(): void {
    Atomics.store(this.#words, word.ready, -1_000_000);
    this.#call(Number.POSITIVE_INFINITY);
  }

  get #most(): number {
    return this.#mostReady + (this.#words[word.extra] ?? 0);
  }

  #call(threads: number): void {
    Atomics.add(this.#words, word.calls, 1);
    Atomics.notify(this.#words, word.calls, threads);
  }
}
