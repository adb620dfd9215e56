/**
 * The requests taken from the kernel and not answered: what a plane that died owes. A kernel before Linux 6.9
 * cannot hand them out again, so each is answered EIO at the next start; none is left hanging.
 * Kept only on such kernels: one entry of two words a request, 0 where free.
 */
import { flightSlots, type VolumeState } from './volume-state.js';

export class Flights {
  constructor(private readonly state: VolumeState) {}

  /** Notes a request; returns its place, or -1 when more are in flight than can be noted. */
  depart(uniqueLow: number, uniqueHigh: number): number {
    const { flights } = this.state;
    return this.state.flightLock.hold(() => {
      for (let place = 0; place < flightSlots; place++) {
        if (flights[place * 2] !== 0 || flights[place * 2 + 1] !== 0) continue;
        flights[place * 2 + 1] = uniqueHigh;
        flights[place * 2] = uniqueLow;
        return place;
      }
      return -1;
    });
  }

  land(place: number): void {
    if (place < 0) return;
    this.state.flights[place * 2] = 0;
    this.state.flights[place * 2 + 1] = 0;
  }

  /** The uniques that were never answered, which are then forgotten. */
  drain(): (readonly [low: number, high: number])[] {
    const { flights } = this.state;
    const owed: (readonly [number, number])[] = [];
    for (let place = 0; place < flightSlots; place++) {
      const low = flights[place * 2] ?? 0;
      const high = flights[place * 2 + 1] ?? 0;
      if (low !== 0 || high !== 0) owed.push([low, high]);
    }
    flights.fill(0);
    return owed;
  }
}
