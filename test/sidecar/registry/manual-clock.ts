/** A clock that stands still until it is told, so that deadlines of days are tested in microseconds. */
import type { Clock } from '../../../core/clock.js';

interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

export class ManualClock implements Clock {
  #wallMs = Date.parse('2026-01-02T03:04:05.000Z');
  #monotonicMs = 1000;
  readonly #timers = new Set<Timer>();

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { atMs: this.#monotonicMs + ms, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Both clocks go on, and what is due runs in its order. */
  advance(ms: number): void {
    const until = this.#monotonicMs + ms;
    for (let next = this.#due(until); next !== undefined; next = this.#due(until)) {
      this.#timers.delete(next);
      this.#goTo(Math.max(next.atMs, this.#monotonicMs));
      next.run();
    }
    this.#goTo(until);
  }

  /** An administrator, or NTP, sets the wall clock. */
  step(ms: number): void {
    this.#wallMs += ms;
  }

  #due(until: number): Timer | undefined {
    return [...this.#timers].filter(({ atMs }) => atMs <= until).sort((a, b) => a.atMs - b.atMs)[0];
  }

  #goTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}
