/** How long those writes took that were acknowledged within the last second. */
import type { Clock } from '../../../core/clock.js';
import { latencyOf } from '../../latency.js';

const spanMs = 1000;

interface Sample {
  readonly atMs: number;
  readonly tookMs: number;
}

export class RecentLatency {
  readonly #clock: Clock;
  #samples: Sample[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(tookMs: number): void {
    const atMs = this.#clock.monotonicMs();
    this.#samples.push({ atMs, tookMs });
    // Also where nobody asks.
    if ((this.#samples[0]?.atMs ?? atMs) < atMs - 2 * spanMs) this.#forget();
  }

  now(): { readonly p50Ms: number; readonly p99Ms: number } | null {
    this.#forget();
    const latency = latencyOf(this.#samples.map(({ tookMs }) => tookMs));
    return latency && { p50Ms: latency.p50Ms, p99Ms: latency.p99Ms };
  }

  #forget(): void {
    const fromMs = this.#clock.monotonicMs() - spanMs;
    this.#samples = this.#samples.filter(({ atMs }) => atMs >= fromMs);
  }
}
