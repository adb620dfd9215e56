/** How much memory inodes and their names take, and whether that is within what they were given (`inode-bound.ts`). */
import { field, type VolumeState } from './volume-state.js';

export class InodeRoom {
  readonly #state: VolumeState;
  constructor(state: VolumeState) {
    this.#state = state;
  }

  /** How many inodes the kernel knows. */
  get size(): number {
    return this.#state.inodes.size;
  }

  /** What they take. */
  get kib(): number {
    return this.#state.inodes.kib + this.#state.longNames.kib;
  }

  get manyKiB(): number {
    return this.#state.header[field.manyKiB] ?? 0;
  }

  /** More than the memory is meant for: names are listed without being looked up, and the kernel is asked to forget. */
  get isShort(): boolean {
    return this.kib >= this.manyKiB;
  }

  /** So little that a new inode has to wait, for the kernel to forget some first. */
  get isScarce(): boolean {
    return this.kib >= (3 * this.manyKiB + this.#mostKiB) / 4;
  }

  get isGone(): boolean {
    return this.kib >= this.#mostKiB;
  }

  get #mostKiB(): number {
    return this.#state.header[field.mostKiB] ?? 0;
  }
}
