/** What cuts waits short again and again, where an AbortSignal does so once and for all. */
export class Alarm {
  #controller = new AbortController();

  /** Aborted where it has rung since the last `reset`: a ring that comes before the wait is not lost. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get hasRung(): boolean {
    return this.#controller.signal.aborted;
  }

  ring(): void {
    this.#controller.abort();
  }

  reset(): void {
    if (this.hasRung) this.#controller = new AbortController();
  }
}
