/**
 * How often to look for events before sleeping. To be woken costs more than a request takes, on virtual machines many
 * times more; to look in vain costs somebody else's time. So it looks as long as looking has paid lately, and now and
 * then a little longer, to see whether it would.
 */
export class BusyPoll {
  #budget = 0;
  #waits = 0;

  /** How many looks are worth it now. */
  get looks(): number {
    this.#waits = (this.#waits + 1) % probeEvery;
    return this.#waits === 0 ? mostLooks : this.#budget;
  }

  /** The look of this number found something. */
  paid(look: number): void {
    this.#budget = Math.min(mostLooks, 2 * look + fewLooks);
  }

  inVain(): void {
    this.#budget >>= 1;
  }
}

/** About 50 us. */
const mostLooks = 100;
const fewLooks = 8;
const probeEvery = 64;
