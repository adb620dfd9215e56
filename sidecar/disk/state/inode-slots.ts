/**
 * The words of an inode's slot.
 *
 *     word 0 descriptor+1 | 1 next in bucket | 2-3 lookups | 4 device | 5 contents (inode-contents.ts) | 6-7 inode number
 *          8 parent       | 9 opens          | 10 flags    | 11 where the name is | 12-15 size and mtime seen
 *         16 birth | 17-21 free | 22-31 a short name, NUL-ended (`inode-names.ts`)
 *
 * Words 4, 6, 7, 16 and the upper four bits of 10 are the identity (`inode-identity.ts`); 17 to 21 are free.
 */
import type { Slab } from './slab.js';
import { inodeBytes, type VolumeState } from './volume-state.js';

export const word = {
  fd: 0,
  next: 1,
  device: 4,
  inoLow: 6,
  inoHigh: 7,
  parent: 8,
  opens: 9,
  flags: 10,
  name: 11,
  seen: 12,
  shortName: 22,
} as const;
const lookupsDouble = 1;
export const shortNameBytes = inodeBytes - word.shortName * 4;

/** `looked`: looked up again since the kernel was last asked to forget. */
export const flag = {
  used: 1,
  hashed: 2,
  kept: 4,
  nameless: 8,
  cached: 16,
  storedInto: 32,
  looked: 64,
} as const;

export const rootSlot = 1;

export class InodeSlots {
  readonly #slab: Slab;

  constructor(state: VolumeState) {
    this.#slab = state.inodes;
  }

  /** Is this nodeid one we gave out and did not get back? */
  has(slot: number): boolean {
    return this.#slab.knows(slot) && this.isFlagged(slot, flag.used);
  }

  *all(from = rootSlot): Generator<number> {
    for (const slot of this.#slab.slots(from)) if (this.has(slot)) yield slot;
  }

  get(slot: number, index: number): number {
    return this.#slab.words(slot)[this.#slab.at(slot) + index] ?? 0;
  }

  set(slot: number, index: number, value: number): void {
    this.#slab.words(slot)[this.#slab.at(slot) + index] = value;
  }

  isFlagged(slot: number, bit: number): boolean {
    return (this.get(slot, word.flags) & bit) !== 0;
  }

  /** Atomically: readers note things without the lock. */
  flag(slot: number, bits: number): void {
    Atomics.or(this.#slab.words(slot), this.#slab.at(slot) + word.flags, bits);
  }

  /** The flags as they were before. */
  unflag(slot: number, bits: number): number {
    return Atomics.and(this.#slab.words(slot), this.#slab.at(slot) + word.flags, ~bits);
  }

  lookups(slot: number): number {
    return this.#slab.memory(slot).doubles[this.#slab.at(slot) / 2 + lookupsDouble] ?? 0;
  }

  addLookups(slot: number, change: number): number {
    const lookups = this.lookups(slot) + change;
    this.#slab.memory(slot).doubles[this.#slab.at(slot) / 2 + lookupsDouble] = lookups;
    return lookups;
  }
}
