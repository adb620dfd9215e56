/**
 * The descriptors of inodes: the number of each in this process, and whether the holder has one for the next. They are
 * O_PATH, and good for all threads.
 */
import { flag, type InodeSlots, word } from './inode-slots.js';
import type { VolumeState } from './volume-state.js';

export class InodeFds {
  readonly #state: VolumeState;
  readonly #slots: InodeSlots;

  constructor(state: VolumeState, slots: InodeSlots) {
    this.#state = state;
    this.#slots = slots;
  }

  /** -1 where there is none; also for a slot that was never given out, beyond which there is no memory. */
  of(slot: number): number {
    return this.#state.inodes.knows(slot) ? this.#slots.get(slot, word.fd) - 1 : -1;
  }

  /** Stores a descriptor where there is none. False: another thread was faster, close yours. */
  offer(slot: number, fd: number): boolean {
    const slab = this.#state.inodes;
    return Atomics.compareExchange(slab.words(slot), slab.at(slot) + word.fd, 0, fd + 1) === 0;
  }

  /**
   * Puts another file description behind a descriptor, so that all threads see it; false where the inode has another
   * descriptor by now. `replace` is called under the lock: the number is closed only after its slot was freed under it.
   */
  replace(slot: number, fd: number, replace: () => boolean): boolean {
    return this.#state.inodeLock.hold(() => this.of(slot) === fd && replace());
  }

  /** After a death: the numbers are those of a process that is gone. */
  drop(slot: number): void {
    this.#slots.set(slot, word.fd, 0);
  }

  /** Has the holder one? */
  isKept(slot: number): boolean {
    return this.#slots.isFlagged(slot, flag.kept);
  }

  markKept(slot: number): void {
    this.#state.inodeLock.hold(() => this.#slots.flag(slot, flag.kept));
  }

  /** The holder has nothing of it, whatever was noted. */
  markLetGo(slot: number): void {
    this.#state.inodeLock.hold(() => this.#slots.unflag(slot, flag.kept));
  }
}
