/** What is to happen when, in order: a binary heap. Times are milliseconds of whichever clock the caller has. */

export interface Timer {
  readonly dueMs: number;
  /** Null once it ran or was called off. */
  run: (() => void) | null;
}

const fewest = 1024;

export class Timers {
  #heap: Timer[] = [];
  #compactAt = fewest;

  at(dueMs: number, run: () => void): Timer {
    if (this.#heap.length >= this.#compactAt) this.#compact();
    const timer: Timer = { dueMs, run };
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  }

  /** Is there nothing to wait for? */
  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }

  /** How many there are, with those that were called off lately. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the next one is due; Infinity: none. */
  get nextMs(): number {
    this.#dropCalledOff();
    return this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Runs what is due. What that adds waits for the next call, even when it is due already. An error keeps nothing else
   * from running; the first one is thrown in the end.
   */
  runUntil(nowMs: number): void {
    const due: Timer[] = [];
    while (this.nextMs <= nowMs) {
      const timer = this.#pop();
      if (timer) due.push(timer);
    }
    const errors: unknown[] = [];
    for (const timer of due) {
      const { run } = timer;
      timer.run = null;
      try {
        run?.();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** Those that were called off must not pile up until they would have been due. */
  #compact(): void {
    this.#heap = this.#heap.filter(({ run }) => run !== null);
    this.#heap.sort((one, other) => one.dueMs - other.dueMs);
    this.#compactAt = Math.max(fewest, this.#heap.length * 2);
  }

  #dropCalledOff(): void {
    while (this.#heap[0]?.run === null) this.#pop();
  }

  #pop(): Timer | undefined {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (first !== last && last) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first;
  }

  #rise(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#swapIfLater(parent, at)) return;
      at = parent;
    }
  }

  #sink(from: number): void {
    for (let at = from; ; ) {
      const left = 2 * at + 1;
      const child = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (child >= this.#heap.length || !this.#swapIfLater(at, child)) return;
      at = child;
    }
  }

  #dueAt(index: number): number {
    return this.#heap[index]?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  #swapIfLater(upper: number, lower: number): boolean {
    const [above, below] = [this.#heap[upper], this.#heap[lower]];
    if (!above || !below || above.dueMs <= below.dueMs) return false;
    this.#heap[upper] = below;
    this.#heap[lower] = above;
    return true;
  }
}

export function callOff(timer: Timer | null): void {
  if (timer) timer.run = null;
}
