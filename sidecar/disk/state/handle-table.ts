/**
 * Open files and directories, by the `fh` the kernel was given: the slot's number.
 *
 *     word 0 descriptor+1 | 1 user | 2 inode | 3 open flags | 4 how | 5 group | 6-7 where a directory's stream stands
 */
import type { VolumeState } from './volume-state.js';

const word = { fd: 0, uid: 1, inode: 2, flags: 3, how: 4, gid: 5, position: 6 } as const;

/** How a handle was opened: bits of word 4. */
export const handleHow = { used: 1, directory: 2, direct: 4 } as const;

export interface NewHandle {
  readonly fd: number;
  readonly inode: number;
  readonly flags: number;
  readonly how: number;
  /** Who opened it. */
  readonly uid: number;
  readonly gid: number;
}

export class HandleTable {
  readonly #state: VolumeState;
  constructor(state: VolumeState) {
    this.#state = state;
  }

  add(handle: NewHandle): number {
    const slab = this.#state.handles;
    const slot = this.#state.handleLock.hold(() => slab.take());
    if (slot === 0) return 0;
    this.#set(slot, word.inode, handle.inode);
    this.#set(slot, word.flags, handle.flags);
    this.#set(slot, word.uid, handle.uid);
    this.#set(slot, word.gid, handle.gid);
    this.#set(slot, word.how, handle.how | handleHow.used);
    this.#set(slot, word.fd, handle.fd + 1);
    return slot;
  }

  has(slot: number): boolean {
    return this.#state.handles.knows(slot) && (this.how(slot) & handleHow.used) !== 0;
  }

  /** The descriptor of the backing file, or -1 when the fault proxy that opened it died. */
  fd(slot: number): number {
    return this.#get(slot, word.fd) - 1;
  }

  offerFd(slot: number, fd: number): boolean {
    const slab = this.#state.handles;
    return Atomics.compareExchange(slab.words(slot), slab.at(slot) + word.fd, 0, fd + 1) === 0;
  }

  /** As the inode table does it. `before` is the handle as it was seen: false where the slot is another's by now. */
  replaceFd(
    slot: number,
    before: Pick<NewHandle, 'fd' | 'inode' | 'flags'>,
    replace: () => boolean,
  ): boolean {
    const isIt = (): boolean =>
      this.fd(slot) === before.fd && this.inode(slot) === before.inode && this.flags(slot) === before.flags;
    return this.#state.handleLock.hold(() => isIt() && replace());
  }

  dropFd(slot: number): void {
    this.#set(slot, word.fd, 0);
  }

  inode(slot: number): number {
    return this.#get(slot, word.inode);
  }

  flags(slot: number): number {
    return this.#get(slot, word.flags);
  }

  /** Who opened it; root, where a fault proxy of an older version opened it. */
  uid(slot: number): number {
    return this.#get(slot, word.uid) >>> 0;
  }

  gid(slot: number): number {
    return this.#get(slot, word.gid) >>> 0;
  }

  how(slot: number): number {
    return this.#get(slot, word.how);
  }

  /** Do its reads and writes go past the page cache, because a fault on reads was armed when it was opened? */
  isDirect(slot: number): boolean {
    return (this.how(slot) & handleHow.direct) !== 0;
  }

  /** The directory offset that the descriptor's next read continues from. */
  position(slot: number): bigint {
    const slab = this.#state.handles;
    return slab.memory(slot).longs[(slab.at(slot) + word.position) / 2] ?? 0n;
  }

  setPosition(slot: number, position: bigint): void {
    const slab = this.#state.handles;
    slab.memory(slot).longs[(slab.at(slot) + word.position) / 2] = position;
  }

  /** Frees the slot and returns its descriptor, for the caller to close; -1 when there is none. */
  remove(slot: number): number {
    const fd = this.fd(slot);
    this.#state.handleLock.hold(() => this.#state.handles.give(slot));
    return fd;
  }

  /** Every handle in use. */
  *all(): Generator<number> {
    for (const slot of this.#state.handles.slots()) if (this.has(slot)) yield slot;
  }

  /** After a death: a slot that was being given out then is free. */
  repair(): void {
    this.#state.handles.repair((slot) => this.has(slot));
  }

  /** As of the inodes. */
  trim(mostPages: number): number {
    return this.#state.handleLock.hold(() => this.#state.handles.trim(mostPages));
  }

  /** 0 for what was never given out: beyond, there is no memory. */
  #get(slot: number, index: number): number {
    const slab = this.#state.handles;
    return slab.knows(slot) ? (slab.words(slot)[slab.at(slot) + index] ?? 0) : 0;
  }

  #set(slot: number, index: number, value: number): void {
    const slab = this.#state.handles;
    slab.words(slot)[slab.at(slot) + index] = value;
  }
}
