/**
 * The names of inodes. Most are short and lie in the inode's own slot; a longer one has a slot of its own.
 *
 *     word 11 of an inode: length | slot of the long name << 8, 0 for a short one
 *
 * That word says all: it is written last, so that a thread that reads beside the lock, and a fault proxy that takes over
 * after a death, see one name or the other.
 */
import { shortNameBytes, word } from './inode-slots.js';
import type { VolumeState } from './volume-state.js';

const shortByte = word.shortName * 4;
/** Without its NUL: the names that git, UUIDs and SHA-1 make have room. */
const longestShort = shortNameBytes - 1;

export class InodeNames {
  readonly #state: VolumeState;
  constructor(state: VolumeState) {
    this.#state = state;
  }

  of(slot: number): Uint8Array {
    const where = this.#where(slot);
    const { bytes, start } = this.#place(slot, where >>> 8);
    return bytes.subarray(start, start + (where & 0xff));
  }

  /** Of the name, which a NUL ends. */
  address(slot: number): number {
    const long = this.longSlot(slot);
    return long === 0 ? this.#state.inodes.address(slot) + shortByte : this.#state.longNames.address(long);
  }

  /** 0 where the name is short. */
  longSlot(slot: number): number {
    return this.#where(slot) >>> 8;
  }

  /** True when there was another before. Under the lock. */
  put(slot: number, name: Uint8Array): boolean {
    const before = this.#where(slot);
    const isLong = name.length > longestShort;
    const long = isLong ? this.#state.longNames.take() : 0;
    // There are as many of the one as of the other; but nobody writes into the neighbour's slot.
    if (isLong && long === 0) return false;
    const { bytes, start } = this.#place(slot, long);
    bytes.set(name, start);
    bytes[start + name.length] = 0;
    this.#write(slot, name.length | (long << 8));
    if (before >>> 8 !== 0) this.#state.longNames.give(before >>> 8);
    return (before & 0xff) > 0;
  }

  /** Under the lock. */
  drop(slot: number): void {
    const long = this.longSlot(slot);
    this.#write(slot, 0);
    if (long !== 0) this.#state.longNames.give(long);
  }

  #place(slot: number, long: number): { readonly bytes: Uint8Array; readonly start: number } {
    const { inodes, longNames } = this.#state;
    return long === 0
      ? { bytes: inodes.memory(slot).bytes, start: inodes.at(slot) * 4 + shortByte }
      : { bytes: longNames.memory(long).bytes, start: longNames.at(long) * 4 };
  }

  #where(slot: number): number {
    return this.#state.inodes.words(slot)[this.#state.inodes.at(slot) + word.name] ?? 0;
  }

  #write(slot: number, value: number): void {
    Atomics.store(this.#state.inodes.words(slot), this.#state.inodes.at(slot) + word.name, value);
  }
}
