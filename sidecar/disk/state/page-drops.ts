/**
 * Of which inodes we had the kernel drop pages, and when the last time was: seconds of the monotonic clock, which every
 * process counts alike, in page 0 of the volume's state. To be noted before the kernel drops them.
 */
import { limits } from '../limits.js';
import type { InodeContents } from './inode-contents.js';
import { field, type VolumeState } from './volume-state.js';

export class PageDrops {
  readonly #words: Int32Array;
  readonly #contents: InodeContents;
  readonly #nowS: () => number;

  constructor({ header }: VolumeState, contents: InodeContents, nowS: () => number = monotonicS) {
    this.#contents = contents;
    this.#nowS = nowS;
    this.#words = header;
  }

  note(slot: number): void {
    Atomics.store(this.#words, field.lastDropS, this.#nowS());
    this.#contents.markDropped(slot);
  }

  /** May pages have been dropped that a write filled, if its request arrived so long ago? */
  mayHaveMet(slot: number, sinceArrivalS: number): boolean {
    if (!this.#contents.isDropped(slot)) return false;
    return this.#nowS() - Atomics.load(this.#words, field.lastDropS) <= limits.writtenWithinS + sinceArrivalS;
  }
}

const monotonicS = (): number => process.hrtime()[0];
