/**
 * Word 5 of an inode: what is done with its bytes, noted by any thread at any time.
 *
 *     bit 0 changed through us | bit 1 in the kernel's page cache | bit 2 pages were dropped
 *     from bit 3 on: how many writes are being made
 */
import type { Slab } from './slab.js';

const word = 5;
const changed = 1;
const inPageCache = 2;
const dropped = 4;
const aWrite = 8;

export class InodeContents {
  readonly #slab: Slab;
  constructor(slab: Slab) {
    this.#slab = slab;
  }

  /** Size or mtime are about to change through us, or just did: the change is not a stranger's. */
  markChanged(slot: number): void {
    this.#raise(slot, changed);
  }

  /** Around a write: whenever its new mtime is first seen, it is known to be ours. */
  beginWrite(slot: number): void {
    if (this.#slab.knows(slot)) Atomics.add(this.#slab.words(slot), this.#slab.at(slot) + word, aWrite);
  }

  endWrite(slot: number): void {
    this.#raise(slot, changed);
    if (this.#slab.knows(slot)) Atomics.sub(this.#slab.words(slot), this.#slab.at(slot) + word, aWrite);
  }

  /** After a death: nobody is writing any more, and what was being written may have been. */
  endAllWrites(slot: number): void {
    const [words, at] = [this.#slab.words(slot), this.#slab.at(slot) + word];
    const before = words[at] ?? 0;
    words[at] = (before & (aWrite - 1)) | (before >= aWrite ? changed : 0);
  }

  /**
   * Was it changed through us since this was asked last, or is it being written? To be asked before the `stat` that is
   * then compared: what ends in between counts for the next time.
   */
  takeChanged(slot: number): boolean {
    const before = Atomics.and(this.#slab.words(slot), this.#slab.at(slot) + word, ~changed);
    return (before & ~(inPageCache | dropped)) !== 0;
  }

  /** The kernel's page cache is about to get some of it. To be said before that is read: see `outdated-pages.ts`. */
  markInPageCache(slot: number): void {
    this.#raise(slot, inPageCache);
  }

  /** May any page of it lie in the kernel's page cache? */
  isInPageCache(slot: number): boolean {
    return this.#has(slot, inPageCache);
  }

  /** We are about to have the kernel drop pages of it (`page-drops.ts`). */
  markDropped(slot: number): void {
    this.#raise(slot, dropped);
  }

  isDropped(slot: number): boolean {
    return this.#has(slot, dropped);
  }

  #has(slot: number, bit: number): boolean {
    if (!this.#slab.knows(slot)) return false;
    return (Atomics.load(this.#slab.words(slot), this.#slab.at(slot) + word) & bit) !== 0;
  }

  #raise(slot: number, bit: number): void {
    if (!this.#slab.knows(slot)) return;
    const [words, at] = [this.#slab.words(slot), this.#slab.at(slot) + word];
    if ((Atomics.load(words, at) & bit) === 0) Atomics.or(words, at, bit);
  }
}
