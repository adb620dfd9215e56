/**
 * The inodes the kernel knows, by nodeid: the slot's number. Keyed by the backing file's identity, so that
 * hard links are one inode; reached by the name it was last seen under, or by a kept descriptor.
 *
 *     word 0 descriptor+1 | 1 next in bucket | 2-3 lookups | 4 device | 5 written | 6-7 inode number
 *          8 parent       | 9 opens          | 10 flags    | 11 bits 0-7 name's length
 *         12-15 size and mtime seen          | 16-79 name, NUL-ended
 *
 * The identity (inode-identity.ts) has the upper bits of words 10 and 11. The kernel counts the lookups it was
 * answered and gives them back with FORGET: at zero the slot is free.
 */
import type { FileStat } from '../wire/attributes.js';
import { bucketOf, bucketOfSlot, InodeIdentity, type SlotWords, typeOf } from './inode-identity.js';
import { noteSeen } from './last-seen.js';
import type { Slab } from './slab.js';
import { field, type VolumeState } from './volume-state.js';

const word = {
  fd: 0,
  next: 1,
  written: 5,
  parent: 8,
  opens: 9,
  flags: 10,
  nameLength: 11,
  seen: 12,
} as const;
const lookupsDouble = 1;
/** A name has at most 255 bytes. */
const nameLengthMask = 0xff;
const nameByte = 64;

const flag = { used: 1, hashed: 2, kept: 4, cached: 16, storedInto: 32 } as const;

export const rootSlot = 1;

export class InodeTable {
  private readonly slab: Slab;
  readonly identity: InodeIdentity;

  constructor(private readonly state: VolumeState) {
    this.slab = state.inodes;
    this.identity = new InodeIdentity(() => (state.header[field.birthDevice] ?? 0) >>> 0);
  }

  get highest(): number {
    return this.slab.highest;
  }

  /** Is this nodeid one we gave out and did not get back? */
  has(slot: number): boolean {
    return this.slab.knows(slot) && (this.get(slot, word.flags) & flag.used) !== 0;
  }

  /** The root, once, before anything else. */
  plantRoot(stat: FileStat): void {
    this.state.inodeLock.hold(() => {
      if (this.slab.take() !== rootSlot) throw new Error('the root must be the first inode');
      this.begin(rootSlot, stat);
      this.addLookups(rootSlot, 1);
    });
  }

  /**
   * Counts one lookup of the file that `stat` shows under `name` in `parent`, and returns its slot; 0 when
   * the table is full. With `fresh` the file was made just now: a slot of the same identity is of a file
   * that is gone and whose number the file system used again.
   */
  remember(stat: FileStat, parent: number, name: Uint8Array, fresh = false): number {
    this.state.inodeLock.acquire();
    try {
      let slot = this.find(stat);
      if (slot !== 0 && fresh) {
        this.unlink(slot);
        slot = 0;
      }
      if (slot === 0) {
        slot = this.slab.take();
        if (slot === 0) return 0;
        this.begin(slot, stat);
      }
      this.addLookups(slot, 1);
      if (slot !== rootSlot) this.rename(slot, parent, name);
      return slot;
    } finally {
      this.state.inodeLock.release();
    }
  }

  /**
   * Gives lookups back. At zero the slot is free, and its descriptor is returned for the caller to close; else -1.
   * `letGo` is called before: what the slot's next owner has kept must not be taken for this one's.
   */
  forget(slot: number, lookups: number, letGo: (kept: boolean) => void): number {
    this.state.inodeLock.acquire();
    try {
      if (!this.has(slot) || slot === rootSlot) return -1;
      if (this.addLookups(slot, -lookups) > 0) return -1;
      const fd = this.fd(slot);
      letGo(this.isKept(slot));
      this.unlink(slot);
      this.slab.give(slot);
      this.bumpNames();
      return fd;
    } finally {
      this.state.inodeLock.release();
    }
  }

  /** The slot of the file that `stat` shows, or 0. Takes the lock. */
  lookUp(stat: FileStat): number {
    return this.state.inodeLock.hold(() => this.find(stat));
  }

  /** Is it the very file this slot stands for? */
  isSame(slot: number, stat: FileStat): boolean {
    return this.identity.isOf(this.words(slot), stat);
  }

  /** S_IFMT's bits: a file keeps its type. */
  readonly type = (slot: number): number => typeOf(this.words(slot));

  /** Its last name is gone from the file system: another file may get its number, so nobody finds it again. */
  bury(slot: number): void {
    this.state.inodeLock.hold(() => this.unlink(slot));
  }

  /** It was moved, or seen under another name. */
  renameTo(slot: number, parent: number, name: Uint8Array): void {
    this.state.inodeLock.hold(() => this.rename(slot, parent, name));
  }

  parent(slot: number): number {
    return this.get(slot, word.parent);
  }

  name(slot: number): Uint8Array {
    const start = this.nameStart(slot);
    return this.slab.memory(slot).bytes.subarray(start, start + this.nameLength(slot));
  }

  nameAddress(slot: number): number {
    return this.slab.address(slot) + nameByte;
  }

  isNamed(slot: number, parent: number, name: Uint8Array): boolean {
    return this.parent(slot) === parent && Buffer.compare(this.name(slot), name) === 0;
  }

  /** Changes with every name; cached paths of another epoch are stale. */
  get nameEpoch(): number {
    return Atomics.load(this.state.header, field.nameEpoch);
  }

  /** An O_PATH descriptor, or -1; also for a slot that was never given out, beyond which there is no memory. */
  fd(slot: number): number {
    return this.slab.knows(slot) ? this.get(slot, word.fd) - 1 : -1;
  }

  /** Stores a descriptor where there is none. False: another thread was faster, close yours. */
  offerFd(slot: number, fd: number): boolean {
    return Atomics.compareExchange(this.slab.words(slot), this.slab.at(slot) + word.fd, 0, fd + 1) === 0;
  }

  /** After a death: the numbers are those of a process that is gone. */
  dropFd(slot: number): void {
    this.set(slot, word.fd, 0);
  }

  isKept(slot: number): boolean {
    return (this.get(slot, word.flags) & flag.kept) !== 0;
  }

  markKept(slot: number): void {
    this.state.inodeLock.hold(() => this.set(slot, word.flags, this.get(slot, word.flags) | flag.kept));
  }

  opens(slot: number): number {
    return this.get(slot, word.opens);
  }

  /** A mapping keeps its file open: with the last one closed nobody stores into it any more. */
  countOpen(slot: number, change: 1 | -1): void {
    const [words, at] = [this.slab.words(slot), this.slab.at(slot)];
    const before = Atomics.add(words, at + word.opens, change);
    if (before + change === 0) Atomics.and(words, at + word.flags, ~flag.storedInto);
  }

  /** Written through us since its size and time were last noted: a change is no stranger's. */
  markWritten(slot: number): void {
    if (this.slab.knows(slot)) this.set(slot, word.written, 1);
  }

  /** Notes size and mtime; true when they are as noted before, or when the change was ours. */
  unchangedSince(slot: number, stat: FileStat): boolean {
    const [words, at] = [this.slab.words(slot), this.slab.at(slot)];
    const isOurs = words[at + word.written] === 1;
    words[at + word.written] = 0;
    return noteSeen(words, at + word.seen, stat) || isOurs;
  }

  /** May the kernel hold pages of it? Every open may fill its cache: past it read(2) goes, but not a mapping. */
  markCached(slot: number): void {
    this.raise(slot, flag.cached);
  }

  /** Pages of a mapping were written back: what is read into such pages goes back to the file. */
  markStoredInto(slot: number): void {
    if (this.slab.knows(slot)) this.raise(slot, flag.storedInto);
  }

  isStoredInto(slot: number): boolean {
    return (this.get(slot, word.flags) & flag.storedInto) !== 0;
  }

  readonly isCached = (slot: number): boolean => (this.get(slot, word.flags) & flag.cached) !== 0;

  private find(stat: FileStat): number {
    let slot = this.state.buckets[bucketOf(stat)] ?? 0;
    while (slot !== 0 && !this.isSame(slot, stat)) slot = this.get(slot, word.next);
    return slot;
  }

  private begin(slot: number, stat: FileStat): void {
    this.identity.set(this.words(slot), stat);
    this.set(slot, word.flags, this.get(slot, word.flags) | flag.used);
    this.link(slot);
  }

  /** Marked first: after a death in between, `unlink` finds nothing to do, where a slot freed in its chain would close a ring. */
  private link(slot: number): void {
    const bucket = bucketOfSlot(this.words(slot));
    this.set(slot, word.flags, this.get(slot, word.flags) | flag.hashed);
    this.set(slot, word.next, this.state.buckets[bucket] ?? 0);
    this.state.buckets[bucket] = slot;
  }

  private unlink(slot: number): void {
    if ((this.get(slot, word.flags) & flag.hashed) === 0) return;
    const bucket = bucketOfSlot(this.words(slot));
    const next = this.get(slot, word.next);
    let at = this.state.buckets[bucket] ?? 0;
    if (at === slot) this.state.buckets[bucket] = next;
    while (at !== 0 && at !== slot) {
      const following = this.get(at, word.next);
      if (following === slot) this.set(at, word.next, next);
      at = following;
    }
    this.set(slot, word.flags, this.get(slot, word.flags) & ~flag.hashed);
  }

  private rename(slot: number, parent: number, name: Uint8Array): void {
    if (this.isNamed(slot, parent, name)) return;
    const renamed = this.nameLength(slot) > 0;
    const start = this.nameStart(slot);
    const bytes = this.slab.memory(slot).bytes;
    bytes.set(name, start);
    bytes[start + name.length] = 0;
    this.set(slot, word.nameLength, (this.get(slot, word.nameLength) & ~nameLengthMask) | name.length);
    this.set(slot, word.parent, parent);
    if (renamed) this.bumpNames();
  }

  private bumpNames(): void {
    Atomics.add(this.state.header, field.nameEpoch, 1);
  }

  private addLookups(slot: number, change: number): number {
    const doubles = this.slab.memory(slot).doubles;
    const index = this.slab.at(slot) / 2 + lookupsDouble;
    const lookups = (doubles[index] ?? 0) + change;
    doubles[index] = lookups;
    return lookups;
  }

  private raise(slot: number, bit: number): void {
    Atomics.or(this.slab.words(slot), this.slab.at(slot) + word.flags, bit);
  }

  private nameLength(slot: number): number {
    return this.get(slot, word.nameLength) & nameLengthMask;
  }

  private words(slot: number): SlotWords {
    return { words: this.slab.words(slot), at: this.slab.at(slot) };
  }

  private nameStart(slot: number): number {
    return this.slab.at(slot) * 4 + nameByte;
  }

  private get(slot: number, index: number): number {
    return this.slab.words(slot)[this.slab.at(slot) + index] ?? 0;
  }

  private set(slot: number, index: number, value: number): void {
    this.slab.words(slot)[this.slab.at(slot) + index] = value;
  }
}
