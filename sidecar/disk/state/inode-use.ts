/**
 * How an inode's file is used: how often it is open, what the kernel may hold of it since, and as what it was last seen.
 * Noted by any thread at any time.
 */
import { type FileStat, statx } from '../wire/attributes.js';
import { flag, type InodeSlots, word } from './inode-slots.js';
import type { Slab } from './slab.js';

/** Of the size and mtime with which a file was last seen: four words of its slot. */
const seenFields = [statx.size, statx.size + 4, statx.mtime, statx.mtime + 8] as const;

export class InodeUse {
  readonly #slab: Slab;
  readonly #slots: InodeSlots;

  constructor(slab: Slab, slots: InodeSlots) {
    this.#slab = slab;
    this.#slots = slots;
  }

  opens(slot: number): number {
    return this.#slots.get(slot, word.opens);
  }

  /** A mapping keeps its file open: with the last one closed nobody stores into it any more. */
  countOpen(slot: number, change: 1 | -1): void {
    const before = Atomics.add(this.#slab.words(slot), this.#slab.at(slot) + word.opens, change);
    if (before + change === 0) this.#slots.unflag(slot, flag.storedInto);
  }

  /** Notes size and mtime; true when they are as noted before. */
  unchangedSince(slot: number, stat: FileStat): boolean {
    return noteSeen(this.#slab.words(slot), this.#slab.at(slot) + word.seen, stat);
  }

  /** May the kernel hold pages of it? Every open may fill its cache: past it read(2) goes, but not a mapping. */
  markCached(slot: number): void {
    this.#slots.flag(slot, flag.cached);
  }

  isCached(slot: number): boolean {
    return this.#slots.isFlagged(slot, flag.cached);
  }

  /** Pages of a mapping were written back: what is read into such pages goes back to the file. */
  markStoredInto(slot: number): void {
    if (this.#slab.knows(slot)) this.#slots.flag(slot, flag.storedInto);
  }

  isStoredInto(slot: number): boolean {
    return this.#slots.isFlagged(slot, flag.storedInto);
  }
}

function noteSeen(words: Int32Array, at: number, stat: FileStat): boolean {
  let isSame = true;
  for (const [index, field] of seenFields.entries()) {
    const value = stat.word(field) | 0;
    if (words[at + index] !== value) isSame = false;
    words[at + index] = value;
  }
  return isSame;
}
