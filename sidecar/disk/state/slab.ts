/**
 * Numbered slots of a fixed size in shared memory, looked at a chunk at a time as they come into use.
 *
 *     used      a bit for each slot that was given out       32 slots are a group
 *     full      a bit for each group without a free slot
 *     resident  a bit for each group whose memory was touched
 *     slots     chunk 0: slots 0-65535 | chunk 1: ...
 *
 * The lowest free slot is given out first, so that high memory empties; `trim` gives back to the kernel what is empty.
 * A slot that is free is all zeros. Slot 0 is never given out, so that 0 can mean none. Callers hold the table's lock
 * around `take`, `give` and `trim`. The process may die between any two steps: `used` alone is true then, and `repair`
 * makes the rest agree with it.
 */
import { libc } from '../../linux/libc.js';
import { type Memory, viewOf } from '../../linux/memory.js';
import { pageBytes } from '../wire/sizes.js';

const chunkShift = 16;
const slotsPerChunk = 1 << chunkShift;
const chunkMask = slotsPerChunk - 1;
const groupShift = 5;
const slotsPerGroup = 1 << groupShift;
const MADV_REMOVE = 9;

/** Words of the header. */
const count = 0;
/** No word of `full` below this one shows a group with a free slot. */
const lowest = 1;
export const slabHeaderWords = 2;

export interface SlabOptions {
  /** Of the bits, `slabIndexBytes(capacity)` of them. */
  readonly indexAddress: number;
  /** Of the first chunk. */
  readonly address: number;
  readonly slotBytes: number;
  /** A multiple of 1024. */
  readonly capacity: number;
  /** Kept beside the slots. */
  readonly header: Int32Array;
}

/** A multiple of the page size. */
export const slabIndexBytes = (capacity: number): number =>
  Math.ceil((capacity / 8 + (2 * capacity) / slotsPerGroup / 8) / pageBytes) * pageBytes;

export class Slab {
  readonly #chunks: Memory[] = [];
  readonly slotWords: number;
  readonly #used: Int32Array;
  readonly #full: Int32Array;
  readonly #resident: Int32Array;
  /** The memory of so many groups is a whole number of pages. */
  readonly #groupsPerBlock: number;
  /** Where `trim` goes on. */
  #trimmed = 0;
  readonly #options: SlabOptions;

  constructor(options: SlabOptions) {
    this.#options = options;
    const { slotBytes, capacity, indexAddress } = options;
    this.slotWords = slotBytes / 4;
    this.#groupsPerBlock = Math.max(1, pageBytes / (slotBytes * slotsPerGroup));
    const groups = capacity / slotsPerGroup;
    const { words } = viewOf(indexAddress, slabIndexBytes(capacity));
    this.#used = words.subarray(0, groups);
    this.#full = words.subarray(groups, groups + groups / 32);
    this.#resident = words.subarray(groups + groups / 32, groups + groups / 16);
  }

  /** A zeroed slot's number, or 0 when all are taken. */
  take(): number {
    for (let word = this.#options.header[lowest] ?? 0; word < this.#full.length; word++) {
      for (let free = ~(this.#full[word] ?? 0); free !== 0; free = ~(this.#full[word] ?? 0)) {
        const slot = this.#takeOf(word * 32 + lowestBit(free));
        this.#options.header[lowest] = word;
        if (slot !== 0) return slot;
      }
    }
    return 0;
  }

  give(slot: number): void {
    this.#clear(slot);
    const group = slot >>> groupShift;
    this.#used[group] = (this.#used[group] ?? 0) & ~bitOf(slot);
    this.#full[group >>> 5] = (this.#full[group >>> 5] ?? 0) & ~bitOf(group);
    this.#add(count, -1);
    if (group >>> 5 < (this.#options.header[lowest] ?? 0)) this.#options.header[lowest] = group >>> 5;
  }

  /** Is this number given out? What arrives from the kernel is checked by it before use. */
  knows(slot: number): boolean {
    return (
      slot > 0 &&
      slot < this.#options.capacity &&
      ((this.#used[slot >>> groupShift] ?? 0) & bitOf(slot)) !== 0
    );
  }

  /** How many slots are given out. */
  get size(): number {
    return this.#options.header[count] ?? 0;
  }

  /** What they take. */
  get kib(): number {
    return (this.size * this.#options.slotBytes) / 1024;
  }

  /** Every slot that is given out, from `from` on; what is free is not touched. */
  *slots(from = 1): Generator<number> {
    const first = from >>> groupShift;
    for (let group = first; group < this.#used.length; group++) {
      if (this.#used[group] === 0) continue;
      for (let at = group === first ? from & 31 : 0; at < slotsPerGroup; at++) {
        const slot = group * slotsPerGroup + at;
        if (this.knows(slot)) yield slot;
      }
    }
  }

  /** Gives the memory of at most so many empty pages back to the kernel; how many it gave. */
  trim(mostPages: number): number {
    const groupsPerBlock = this.#groupsPerBlock;
    const blockPages = (groupsPerBlock * slotsPerGroup * this.#options.slotBytes) / pageBytes;
    let pages = 0;
    let looked = 0;
    const blocks = this.#used.length / groupsPerBlock;
    for (; looked < blocks && pages < mostPages; looked++) {
      if (this.#trimmed >= blocks) this.#trimmed = 0;
      const group = this.#trimmed * groupsPerBlock;
      // Most words of a table that never grew are 0: they are passed by at once.
      if (groupsPerBlock < 32 && (group & 31) === 0 && this.#resident[group >>> 5] === 0) {
        this.#trimmed += 32 / groupsPerBlock;
        looked += 32 / groupsPerBlock - 1;
        continue;
      }
      this.#trimmed++;
      if (this.#isEmptyAndResident(group)) {
        this.#giveBack(group);
        pages += blockPages;
      }
    }
    return pages;
  }

  /**
   * After a death, before anybody else uses it: what was given out and is not `alive` is free again, and what is
   * derived of `used` agrees with it. `alive` may give slots back itself.
   */
  repair(alive: (slot: number) => boolean): void {
    for (const slot of this.slots()) if (!alive(slot) && this.knows(slot)) this.give(slot);
    let used = 0;
    this.#full.fill(0);
    for (let group = 0; group < this.#used.length; group++) {
      const bits = (this.#used[group] ?? 0) | (group === 0 ? 1 : 0);
      if (bits === 0) continue;
      used += ones(bits) - (group === 0 ? 1 : 0);
      if (bits === -1) this.#full[group >>> 5] = (this.#full[group >>> 5] ?? 0) | bitOf(group);
      this.#resident[group >>> 5] = (this.#resident[group >>> 5] ?? 0) | bitOf(group);
    }
    this.#options.header[count] = used;
    this.#options.header[lowest] = 0;
  }

  /** The chunk that holds a slot; `at(slot)` is the index of its first word there. */
  memory(slot: number): Memory {
    const index = slot >>> chunkShift;
    return this.#chunks[index] ?? this.#view(index);
  }

  words(slot: number): Int32Array {
    return this.memory(slot).words;
  }

  /** The address of a slot, for system calls that read a name out of it. */
  address(slot: number): number {
    return this.memory(slot).address + (slot & chunkMask) * this.#options.slotBytes;
  }

  at(slot: number): number {
    return (slot & chunkMask) * this.slotWords;
  }

  /** The lowest free slot of a group; 0, and the group is marked as full, when there is none. */
  #takeOf(group: number): number {
    const bits = (this.#used[group] ?? 0) | (group === 0 ? 1 : 0);
    const taken = bits === -1 ? bits : bits | (1 << lowestBit(~bits));
    if (taken === -1) this.#full[group >>> 5] = (this.#full[group >>> 5] ?? 0) | bitOf(group);
    if (bits === -1) return 0;
    this.#resident[group >>> 5] = (this.#resident[group >>> 5] ?? 0) | bitOf(group);
    this.#used[group] = taken & ~(group === 0 ? 1 : 0);
    this.#add(count, 1);
    return group * slotsPerGroup + lowestBit(~bits);
  }

  #isEmptyAndResident(first: number): boolean {
    let isResident = false;
    for (let group = first; group < first + this.#groupsPerBlock; group++) {
      if (this.#used[group] !== 0) return false;
      isResident ||= ((this.#resident[group >>> 5] ?? 0) & bitOf(group)) !== 0;
    }
    return isResident;
  }

  /** Of a mapping that is shared, MADV_REMOVE frees the file's own pages (madvise(2)); they read as zeros then. */
  #giveBack(first: number): void {
    const groupBytes = slotsPerGroup * this.#options.slotBytes;
    libc.madvise(this.#options.address + first * groupBytes, groupBytes * this.#groupsPerBlock, MADV_REMOVE);
    for (let group = first; group < first + this.#groupsPerBlock; group++)
      this.#resident[group >>> 5] = (this.#resident[group >>> 5] ?? 0) & ~bitOf(group);
  }

  #add(word: number, change: number): void {
    this.#options.header[word] = (this.#options.header[word] ?? 0) + change;
  }

  #clear(slot: number): void {
    const at = this.at(slot);
    this.words(slot).fill(0, at, at + this.slotWords);
  }

  #view(index: number): Memory {
    const { address, slotBytes, capacity } = this.#options;
    const chunkBytes = slotsPerChunk * slotBytes;
    const rest = Math.min(chunkBytes, capacity * slotBytes - index * chunkBytes);
    const memory = viewOf(address + index * chunkBytes, rest);
    this.#chunks[index] = memory;
    return memory;
  }
}

const bitOf = (index: number): number => 1 << (index & 31);

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

function ones(bits: number): number {
  let left = bits;
  let found = 0;
  for (; left !== 0; left &= left - 1) found++;
  return found;
}
