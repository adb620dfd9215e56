/** The end of one direction of a connection: passed on once all was sent, and later where a `slow-close` says so. */
import { closeDelay } from '../effects/slow-close.js';
import type { FlowFaults } from './flow-faults.js';
import type { ProxyRuntime } from './proxy-runtime.js';
import { callOff, type Timer } from './timers.js';

export class FlowEnd {
  isPassedOn = false;
  #timer: Timer | null = null;
  readonly #runtime: ProxyRuntime;
  readonly #passOn: () => void;

  constructor(runtime: ProxyRuntime, passOn: () => void) {
    this.#runtime = runtime;
    this.#passOn = passOn;
  }

  /** All was sent. */
  begin(faults: FlowFaults | null): void {
    if (this.isPassedOn || this.#timer?.run) return;
    const { timers, counters, nowMs } = this.#runtime;
    const delayMs = closeDelay(faults?.slowCloses ?? [], counters);
    if (delayMs === 0) this.now();
    else this.#timer = timers.at(nowMs() + delayMs, () => this.now());
  }

  /** Other faults are armed: an end that waits for none of them waits no longer. */
  applyFaults(faults: FlowFaults | null): void {
    if (this.#timer?.run && (faults?.slowCloses.length ?? 0) === 0) this.now();
  }

  now(): void {
    callOff(this.#timer);
    this.isPassedOn = true;
    this.#passOn();
  }

  cancel(): void {
    callOff(this.#timer);
  }
}
