/**
 * The requests taken from the kernel and not answered: what a fault proxy that died owes. A kernel before Linux 6.9
 * cannot hand them out again, so each is answered EIO at the next start; none is left hanging.
 * Kept only on such kernels: one entry of two words a request, 0 where free, found by the request's number. These
 * grow by 2, so that neighbours have places of their own, and few requests that wait long are met again.
 */
import { flightSlots, type VolumeState } from './volume-state.js';

type Unique = readonly [low: number, high: number];

/** How many places after its own a request may stand. */
const probes = 64;
const free: Unique = [0, 0];

export class Flights {
  readonly #state: VolumeState;
  constructor(state: VolumeState) {
    this.#state = state;
  }

  /** Notes a request, if there is room where it belongs. */
  depart(uniqueLow: number, uniqueHigh: number): void {
    this.#state.flightLock.hold(() => this.#replace(uniqueLow, free, [uniqueLow, uniqueHigh]));
  }

  /** It was answered, by whichever thread. */
  land(uniqueLow: number, uniqueHigh: number): void {
    this.#replace(uniqueLow, [uniqueLow, uniqueHigh], free);
  }

  #replace(uniqueLow: number, from: Unique, to: Unique): void {
    const { flights } = this.#state;
    for (let probe = 0; probe < probes; probe++) {
      const at = (((uniqueLow >>> 1) + probe) % flightSlots) * 2;
      if (flights[at] !== from[0] || flights[at + 1] !== from[1]) continue;
      flights[at + 1] = to[1];
      flights[at] = to[0];
      return;
    }
  }

  /** The uniques that were never answered, which are then forgotten. */
  drain(): Unique[] {
    const { flights } = this.#state;
    const owed: Unique[] = [];
    for (let place = 0; place < flightSlots; place++) {
      const low = flights[place * 2] ?? 0;
      const high = flights[place * 2 + 1] ?? 0;
      if (low !== 0 || high !== 0) owed.push([low, high]);
    }
    flights.fill(0);
    return owed;
  }
}
