/** The hash table from a file's identity to its slot: chains in the shared memory. Each call is made under the lock of the inodes. */
import type { FileStat } from '../wire/attributes.js';
import { bucketOf, bucketOfSlot, type SlotWords } from './inode-identity.js';
import { flag, type InodeSlots, word } from './inode-slots.js';
import type { VolumeState } from './volume-state.js';

export class InodeBuckets {
  readonly #state: VolumeState;
  readonly #slots: InodeSlots;
  constructor(state: VolumeState, slots: InodeSlots) {
    this.#state = state;
    this.#slots = slots;
  }

  /** Of those that may stand for the file, the first that does; else 0. */
  find(stat: FileStat, isIts: (slot: number) => boolean): number {
    let slot = this.#state.buckets[bucketOf(stat)] ?? 0;
    while (slot !== 0 && !isIts(slot)) slot = this.#slots.get(slot, word.next);
    return slot;
  }

  /** Marked first: after a death in between, `unlink` finds nothing to do, where a slot freed in its chain would close a ring. */
  link(slot: number, words: SlotWords): void {
    const bucket = bucketOfSlot(words);
    this.#slots.flag(slot, flag.hashed);
    this.#slots.set(slot, word.next, this.#state.buckets[bucket] ?? 0);
    this.#state.buckets[bucket] = slot;
  }

  unlink(slot: number, words: SlotWords): void {
    if (!this.#slots.isFlagged(slot, flag.hashed)) return;
    const bucket = bucketOfSlot(words);
    const next = this.#slots.get(slot, word.next);
    let at = this.#state.buckets[bucket] ?? 0;
    if (at === slot) this.#state.buckets[bucket] = next;
    while (at !== 0 && at !== slot) {
      const following = this.#slots.get(at, word.next);
      if (following === slot) this.#slots.set(at, word.next, next);
      at = following;
    }
    this.#slots.unflag(slot, flag.hashed);
  }
}
