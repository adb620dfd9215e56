/**
 * Who waits at the device. The kernel wakes waiting readers in turn, so that with many of them each request
 * finds a thread with cold caches and code not yet compiled. Two wait; the others stand by, and are called when
 * the last one that waited took something that may take long.
 *
 *     stand by ─► wait at the device ─► serve ─┬─► wait again
 *         ▲                                    └─ two wait already ─┐
 *         └─────────────────────────────────────────────────────────┘
 */

/** One alone would be woken on the core of whoever asks, and have to wait for it. */
const mostWaiting = 2;

const word = { waiting: 0, calls: 1 } as const;

export const rotaBytes = 8;

export class Rota {
  private readonly words: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory);
  }

  /** Returns when this thread is to read the device; it is counted as waiting there. */
  takeTurn(): void {
    for (;;) {
      const calls = Atomics.load(this.words, word.calls);
      if (Atomics.add(this.words, word.waiting, 1) < mostWaiting) return;
      const left = Atomics.sub(this.words, word.waiting, 1) - 1;
      if (left < mostWaiting) continue;
      Atomics.wait(this.words, word.calls, calls);
    }
  }

  /** This thread has a request and waits no longer. True: nobody does. */
  leaveDevice(): boolean {
    return Atomics.sub(this.words, word.waiting, 1) === 1;
  }

  callStandby(): void {
    Atomics.add(this.words, word.calls, 1);
    Atomics.notify(this.words, word.calls, 1);
  }

  /** The volume is gone: everybody is to find out. */
  dismiss(): void {
    Atomics.store(this.words, word.waiting, -1_000_000);
    Atomics.add(this.words, word.calls, 1);
    Atomics.notify(this.words, word.calls);
  }
}
