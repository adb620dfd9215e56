/**
 * `tcp bandwidth`: a token bucket for one way of one connection, or of all that share it. Whoever finds it empty
 * waits in line, so that each gets its turn.
 */
import { limits } from '../../limits.js';
import type { Way } from '../end.js';
import type { Timers } from '../timers.js';

/** Asks again when it runs, if it still wants anything. */
export type Waiter = Pick<Way, 'run'>;

export interface ShaperOptions {
  readonly bytesPerSecond: number;
  readonly timers: Timers;
  readonly nowMs: () => number;
}

export class Shaper {
  private readonly capacity: number;
  /** What one turn is worth. */
  private readonly quantum: number;
  private tokens: number;
  private filledMs: number;
  private readonly line = new Set<Waiter>();
  private turn: Waiter | null = null;
  private isTimed = false;

  constructor(private readonly options: ShaperOptions) {
    this.capacity = Math.max(1, (options.bytesPerSecond * limits.burstMs) / 1000);
    const worthwhile = Math.max(limits.quantumBytes, options.bytesPerSecond / 1000);
    this.quantum = Math.max(1, Math.min(worthwhile, this.capacity / 2));
    this.tokens = this.capacity;
    this.filledMs = options.nowMs();
  }

  /** How much of `wanted` may pass now; 0: it is woken when its turn comes. */
  grant(waiter: Waiter, wanted: number): number {
    this.fill();
    const due = Math.min(wanted, Math.floor(this.quantum));
    const mayGo = this.turn === waiter || this.line.size === 0;
    if (mayGo && this.tokens >= due) {
      this.turn = null;
      return due;
    }
    this.line.add(waiter);
    this.time();
    return 0;
  }

  spend(bytes: number): void {
    this.tokens -= bytes;
  }

  private time(): void {
    if (this.isTimed) return;
    this.isTimed = true;
    const lacking = Math.max(0, this.quantum - this.tokens);
    const waitMs = (lacking / this.options.bytesPerSecond) * 1000;
    this.options.timers.at(this.options.nowMs() + waitMs, () => this.call());
  }

  private call(): void {
    this.isTimed = false;
    const [first] = this.line;
    if (!first) return;
    this.fill();
    this.line.delete(first);
    this.turn = first;
    first.run();
    this.turn = null;
    if (this.line.size > 0) this.time();
  }

  private fill(): void {
    const nowMs = this.options.nowMs();
    const gained = ((nowMs - this.filledMs) / 1000) * this.options.bytesPerSecond;
    this.tokens = Math.min(this.capacity, this.tokens + Math.max(0, gained));
    this.filledMs = nowMs;
  }
}
