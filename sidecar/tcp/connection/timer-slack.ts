/**
 * How much later than asked the kernel wakes us, lately: its timers have slack, and a virtual processor that sleeps has
 * to be woken first. What is known to be overslept is not slept.
 */
export class TimerSlack {
  #averageMs = 0;

  /** Asked for so much, and got so much. */
  note(askedMs: number, sleptMs: number): void {
    const overMs = Math.min(mostMs, Math.max(0, sleptMs - askedMs));
    this.#averageMs += (overMs - this.#averageMs) / 8;
  }

  /** By how much to ask for less: rather too little, since one that wakes early can still wait. */
  get allowanceMs(): number {
    return this.#averageMs * 0.8;
  }
}

const mostMs = 1;
