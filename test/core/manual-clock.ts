/** A clock that stands still until it is told to go on; what is due then runs in the order in which it is due. */
import { EventEmitter, once } from 'node:events';
import type { Clock } from '../../core/clock.js';

const boundMs = 120_000;

export class ManualClock implements Clock {
  readonly #startMs: number;
  readonly #timers = new Set<{ readonly ms: number; readonly dueMs: number; readonly run: () => void }>();
  readonly #set = new EventEmitter();
  #passedMs = 0;
  #steppedMs = 0;

  constructor(startMs = Date.now()) {
    this.#startMs = startMs;
  }

  wallMs(): number {
    return this.#startMs + this.#passedMs + this.#steppedMs;
  }

  monotonicMs(): number {
    return this.#passedMs;
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** An administrator, or NTP, sets the wall clock. */
  step(ms: number): void {
    this.#steppedMs += ms;
  }

  /** How far off the first timer is, of those that were set for so long at most; infinite without any. */
  nextInMs(ofMs = Number.POSITIVE_INFINITY): number {
    const due = [...this.#timers].filter((timer) => timer.ms <= ofMs).map((timer) => timer.dueMs);
    return Math.min(...due) - this.#passedMs;
  }

  /** Resolves once a timer waits that was set for so long at most. Keeps the process up meanwhile, but not for ever. */
  async timer(ofMs: number): Promise<void> {
    const late = new AbortController();
    const bound = setTimeout(() => late.abort(), boundMs);
    try {
      const { signal } = late;
      while (this.nextInMs(ofMs) === Number.POSITIVE_INFINITY) await once(this.#set, 'timer', { signal });
    } finally {
      clearTimeout(bound);
    }
  }

  after(ms: number, run: () => void): () => void {
    if (ms <= 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = { ms, dueMs: this.#passedMs + ms, run };
    this.#timers.add(timer);
    this.#set.emit('timer');
    return () => this.#timers.delete(timer);
  }

  /** What a timer starts with a promise goes on when the caller waits for it. */
  advance(ms: number): void {
    const endMs = this.#passedMs + ms;
    for (let next = this.#next(endMs); next !== null; next = this.#next(endMs)) {
      this.#timers.delete(next);
      this.#passedMs = Math.max(this.#passedMs, next.dueMs);
      next.run();
    }
    this.#passedMs = endMs;
  }

  #next(endMs: number) {
    const due = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs);
    return due.reduce<(typeof due)[number] | null>(
      (first, timer) => (first === null || timer.dueMs < first.dueMs ? timer : first),
      null,
    );
  }
}
