/**
 * `tcp bandwidth`: a token bucket for one direction of one connection, or of all that share it. Whoever finds it empty
 * waits in line, so that each gets its turn.
 *
 * As on a link, N bytes take N / rate, the first ones too: a bucket that nobody waits for fills up with no more than a
 * moment's worth. Only what a late timer missed is made up for.
 */

import type { Runnable } from '../connection/proxy-socket.js';
import type { Timers } from '../connection/timers.js';
import { limits } from '../limits.js';

/** Asks again when it runs, if it still wants anything. */
export type Waiter = Pick<Runnable, 'run'>;

export interface ShaperOptions {
  readonly bytesPerSecond: number;
  readonly timers: Timers;
  readonly nowMs: () => number;
}

export class Shaper {
  /** What may pass at once after a late timer, and after a pause. */
  readonly #capacity: number;
  readonly #idleCapacity: number;
  /** What one turn is worth. */
  readonly #quantum: number;
  #tokens: number;
  #filledMs: number;
  readonly #line = new Set<Waiter>();
  #turn: Waiter | null = null;
  #isTimed = false;
  readonly #options: ShaperOptions;

  constructor(options: ShaperOptions) {
    this.#options = options;
    this.#capacity = Math.max(1, (options.bytesPerSecond * limits.burstMs) / 1000);
    this.#idleCapacity = Math.max(1, (options.bytesPerSecond * limits.idleBurstMs) / 1000);
    const worthwhile = Math.max(limits.quantumBytes, options.bytesPerSecond / 1000);
    this.#quantum = Math.max(1, Math.min(worthwhile, this.#capacity / 2));
    this.#tokens = this.#idleCapacity;
    this.#filledMs = options.nowMs();
  }

  /** How much of `wanted` may pass now; 0: it is woken when its turn comes. */
  grant(waiter: Waiter, wanted: number): number {
    this.#fill();
    const due = Math.min(wanted, Math.floor(this.#quantum));
    const mayGo = this.#turn === waiter || this.#line.size === 0;
    if (mayGo && this.#tokens >= due) {
      this.#turn = null;
      return due;
    }
    this.#line.add(waiter);
    this.#time(due);
    return 0;
  }

  spend(bytes: number): void {
    this.#tokens -= bytes;
  }

  #time(due: number): void {
    if (this.#isTimed) return;
    this.#isTimed = true;
    const lacking = Math.max(0, due - this.#tokens);
    const waitMs = (lacking / this.#options.bytesPerSecond) * 1000;
    this.#options.timers.at(this.#options.nowMs() + waitMs, () => this.#call());
  }

  #call(): void {
    this.#isTimed = false;
    const [first] = this.#line;
    if (!first) return;
    this.#fill();
    this.#line.delete(first);
    this.#turn = first;
    first.run();
    this.#turn = null;
    if (this.#line.size > 0) this.#time(this.#quantum);
  }

  #fill(): void {
    const nowMs = this.#options.nowMs();
    const passedMs = Math.max(0, nowMs - this.#filledMs);
    const isWanted = this.#line.size > 0 || this.#turn !== null || passedMs < limits.idleBurstMs;
    const gained = (passedMs / 1000) * this.#options.bytesPerSecond;
    this.#tokens = Math.min(isWanted ? this.#capacity : this.#idleCapacity, this.#tokens + gained);
    this.#filledMs = nowMs;
  }
}
