/**
 * The inodes the kernel knows, by nodeid: the slot's number. Keyed by the backing file's identity, so that
 * hard links are one inode; reached by the name it was last seen under, or by a kept descriptor.
 *
 * The kernel counts the lookups it was answered and gives them back with FORGET: at zero the slot is free. How many it
 * may know at once follows the memory that there is; `forgettable` says which it is best asked to forget.
 */
import type { FileStat } from '../wire/attributes.js';
import { InodeBuckets } from './inode-buckets.js';
import { InodeContents } from './inode-contents.js';
import { InodeFds } from './inode-fds.js';
import { deviceOf, InodeIdentity, type SlotWords, typeOf } from './inode-identity.js';
import { InodeNames } from './inode-names.js';
import { InodeRoom } from './inode-room.js';
import { flag, InodeSlots, rootSlot, word } from './inode-slots.js';
import { InodeUse } from './inode-use.js';
import type { Slab } from './slab.js';
import { field, type VolumeState } from './volume-state.js';

export { rootSlot };

export class InodeTable {
  readonly contents: InodeContents;
  readonly fds: InodeFds;
  readonly use: InodeUse;
  readonly slots: InodeSlots;
  readonly room: InodeRoom;
  readonly #slab: Slab;
  readonly #names: InodeNames;
  readonly #buckets: InodeBuckets;
  readonly identity: InodeIdentity;
  /** Was what this thread remembered last not known before? */
  wasNew = false;
  readonly #state: VolumeState;

  constructor(state: VolumeState) {
    this.#state = state;
    this.#slab = state.inodes;
    this.contents = new InodeContents(this.#slab);
    this.slots = new InodeSlots(state);
    this.fds = new InodeFds(state, this.slots);
    this.use = new InodeUse(state.inodes, this.slots);
    this.room = new InodeRoom(state);
    this.identity = new InodeIdentity(() => (state.header[field.birthDevice] ?? 0) >>> 0);
    this.#names = new InodeNames(state);
    this.#buckets = new InodeBuckets(state, this.slots);
  }

  /** Every inode that the kernel knows, from `from` on. */
  all(from = rootSlot): Generator<number> {
    return this.slots.all(from);
  }

  /** Is this nodeid one we gave out and did not get back? */
  has(slot: number): boolean {
    return this.slots.has(slot);
  }

  /** The root, once, before anything else. */
  plantRoot(stat: FileStat): void {
    this.#state.inodeLock.hold(() => {
      if (this.#slab.take() !== rootSlot) throw new Error('the root must be the first inode');
      this.#begin(rootSlot, stat);
      this.slots.addLookups(rootSlot, 1);
    });
  }

  /**
   * Counts one lookup of the file that `stat` shows under `name` in `parent`, and returns its slot; 0 when
   * the table is full. With `fresh` the file was made just now: a slot of the same identity is of a file
   * that is gone and whose number the file system used again.
   */
  remember(stat: FileStat, parent: number, name: Uint8Array, fresh = false): number {
    this.#state.inodeLock.acquire();
    try {
      let slot = this.#buckets.find(stat, (slot) => this.isSame(slot, stat));
      if (slot !== 0 && fresh) {
        this.#buckets.unlink(slot, this.words(slot));
        slot = 0;
      }
      const isNew = slot === 0;
      if (isNew) slot = this.room.isGone ? 0 : this.#slab.take();
      if (slot === 0) return 0;
      if (isNew) this.#begin(slot, stat);
      else this.slots.flag(slot, flag.looked);
      this.wasNew = isNew;
      this.slots.addLookups(slot, 1);
      if (slot !== rootSlot) this.#rename(slot, parent, name);
      return slot;
    } finally {
      this.#state.inodeLock.release();
    }
  }

  /**
   * Gives lookups back. At zero the slot is free, and its descriptor is returned for the caller to close; else -1.
   * `letGo` is called before: what the slot's next owner has kept must not be taken for this one's.
   */
  forget(slot: number, lookups: number, letGo: (kept: boolean) => void): number {
    this.#state.inodeLock.acquire();
    try {
      if (!this.has(slot) || slot === rootSlot) return -1;
      if (this.slots.addLookups(slot, -lookups) > 0) return -1;
      const fd = this.fds.of(slot);
      letGo(this.fds.isKept(slot));
      this.#free(slot);
      this.#bumpNames();
      Atomics.add(this.#state.header, field.forgotten, 1);
      return fd;
    } finally {
      this.#state.inodeLock.release();
    }
  }

  /**
   * After a death: a slot that was being given out or given back then is free, and so is a name that no inode has. The
   * kernel knows neither: what it knows has lookups.
   */
  repair(): void {
    const named = new Set<number>();
    this.#slab.repair((slot) => {
      const isAlive = this.has(slot) && (this.slots.lookups(slot) > 0 || slot === rootSlot);
      if (isAlive) named.add(this.#names.longSlot(slot));
      else this.#free(slot);
      return isAlive;
    });
    this.#state.longNames.repair((slot) => named.has(slot));
  }

  /** Gives the memory of what is free back to the kernel, so many pages at most; how many it gave. */
  trim(mostPages: number): number {
    return this.#state.inodeLock.hold(
      () => this.#slab.trim(mostPages) + this.#state.longNames.trim(mostPages),
    );
  }

  /**
   * The root is of another file system now, and the others are of one that is gone: nobody finds their files any more, and
   * none of the new one is taken for one of them, whatever its numbers. Before anybody serves.
   */
  replant(root: FileStat): void {
    this.#state.inodeLock.hold(() => {
      for (const slot of this.all()) {
        this.#buckets.unlink(slot, this.words(slot));
        this.identity.lose(this.words(slot));
      }
      this.identity.set(this.words(rootSlot), root);
      this.#buckets.link(rootSlot, this.words(rootSlot));
    });
  }

  /** Is its file system gone? */
  isLost(slot: number): boolean {
    return this.type(slot) === 0;
  }

  /** The slot of the file that `stat` shows, or 0. Takes the lock. */
  lookUp(stat: FileStat): number {
    return this.#state.inodeLock.hold(() => this.#buckets.find(stat, (slot) => this.isSame(slot, stat)));
  }

  /** Is it the very file this slot stands for? */
  isSame(slot: number, stat: FileStat): boolean {
    return this.identity.isOf(this.words(slot), stat);
  }

  /** S_IFMT's bits: a file keeps its type. */
  readonly type = (slot: number): number => typeOf(this.words(slot));

  /** Where its file lies. */
  readonly device = (slot: number): number => deviceOf(this.words(slot));

  /** Its last name is gone from the file system: another file may get its number, so nobody finds it again. */
  bury(slot: number): void {
    this.#state.inodeLock.hold(() => this.#buckets.unlink(slot, this.words(slot)));
  }

  /** It was moved, or seen under another name. */
  renameTo(slot: number, parent: number, name: Uint8Array): void {
    this.#state.inodeLock.hold(() => this.#rename(slot, parent, name));
  }

  parent(slot: number): number {
    return this.slots.get(slot, word.parent);
  }

  name(slot: number): Uint8Array {
    return this.#names.of(slot);
  }

  nameAddress(slot: number): number {
    return this.#names.address(slot);
  }

  isNamed(slot: number, parent: number, name: Uint8Array): boolean {
    return this.parent(slot) === parent && Buffer.compare(this.name(slot), name) === 0;
  }

  /** Changes with every name; cached paths of another epoch are stale. */
  get nameEpoch(): number {
    return Atomics.load(this.#state.header, field.nameEpoch);
  }

  #begin(slot: number, stat: FileStat): void {
    this.identity.set(this.words(slot), stat);
    this.slots.flag(slot, flag.used);
    this.#buckets.link(slot, this.words(slot));
  }

  #rename(slot: number, parent: number, name: Uint8Array): void {
    if (this.isNamed(slot, parent, name)) return;
    const renamed = this.#names.put(slot, name);
    this.slots.set(slot, word.parent, parent);
    if (renamed) this.#bumpNames();
  }

  #free(slot: number): void {
    this.#buckets.unlink(slot, this.words(slot));
    this.#names.drop(slot);
    this.#slab.give(slot);
  }

  #bumpNames(): void {
    Atomics.add(this.#state.header, field.nameEpoch, 1);
  }

  words(slot: number): SlotWords {
    return { words: this.#slab.words(slot), at: this.#slab.at(slot) };
  }
}
