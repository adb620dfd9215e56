/**
 * A served volume as one thread sees it: the shared tables, and scratch memory of the thread's own.
 * Everything a request handler needs that is not in the request.
 */

import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, STATX_BASIC_AND_BIRTH } from '../linux/constants.js';
import { errno, libc } from '../linux/libc.js';
import { allocate, type Memory } from '../linux/memory.js';
import { inodeKey } from '../mount/fd-keys.js';
import type { DescriptorBudget } from '../proxy/descriptor-budget.js';
import { CachedRead } from './cached-read.js';
import { CallerIdentity } from './caller-identity.js';
import type { FdStore } from './fd-store.js';
import { type FileSystem, fileSystemOf } from './file-system.js';
import { InodeDescriptors } from './inode-descriptors.js';
import { limits } from './limits.js';
import { roomAt, scratchAt, scratchBytes, writeProcPath } from './scratch.js';
import { isPlainName, longestName } from './sound-request.js';
import { Devices } from './state/devices.js';
import { HandleTable, type NewHandle } from './state/handle-table.js';
import { InodeTable } from './state/inode-table.js';
import type { Intents } from './state/intents.js';
import { PageDrops } from './state/page-drops.js';
import { RefusedReads } from './state/refused-reads.js';
import { field, type VolumeState } from './state/volume-state.js';
import { FileStat } from './wire/attributes.js';
import type { Exchange } from './wire/exchange.js';
import { opcode } from './wire/opcodes.js';

export interface VolumeOptions {
  readonly name: string;
  readonly state: VolumeState;
  readonly readOnly: boolean;
  /** A descriptor of the backing directory that can be read and synced. */
  readonly rootFd: number;
  readonly deviceFd: number;
  readonly intents: Intents;
  readonly fdStore: FdStore;
  /** Of the whole process. */
  readonly descriptors: DescriptorBudget;
  /** How many reader threads this volume has: the last free one never blocks. */
  readonly readers: number;
  /** In whose name files are made; where it is not given, what this thread may. */
  readonly caller?: CallerIdentity;
}

export class Volume {
  readonly inodes: InodeTable;
  readonly handles: HandleTable;
  readonly refusedReads: RefusedReads;
  readonly pageDrops: PageDrops;
  readonly stat: FileStat;
  readonly otherStat: FileStat;
  readonly scratch: Memory = allocate(scratchBytes);
  readonly timesAddress: number;
  readonly offsetsAddress: number;
  readonly filesystemAddress: number;
  readonly roomAddress: number;
  readonly room: Uint8Array;
  readonly roomBytes = scratchBytes - roomAt;
  readonly #reach: InodeDescriptors;
  /** An empty C string, for calls that act on a descriptor itself. */
  readonly empty: number;
  /** The C string `.`. */
  readonly here: number;
  /** Does a fault on reads reach this file? Such a file is opened past the page cache, so that each read is met. */
  readsAreFaulted: (slot: number) => boolean = () => false;
  /** Is a fault on flush armed? Then a close must come to us. */
  flushIsFaulted: () => boolean = () => false;
  /** Does a fault on lookups or attributes reach this file? Then the kernel must not remember it. */
  metaIsFaulted: (slot: number) => boolean = () => false;
  /** Called by what is about to wait for the disk beneath, so that another thread can serve meanwhile. */
  beforeLongWait: () => void = () => {};
  readonly cachedRead = new CachedRead();
  readonly caller: CallerIdentity;
  readonly fileSystem: FileSystem;
  readonly devices: Devices;

  constructor(readonly options: VolumeOptions) {
    this.inodes = new InodeTable(options.state);
    this.handles = new HandleTable(options.state);
    this.refusedReads = new RefusedReads(options.state);
    this.pageDrops = new PageDrops(options.state, this.inodes.contents);
    this.stat = new FileStat(this.scratch, scratchAt.stat);
    this.otherStat = new FileStat(this.scratch, scratchAt.otherStat);
    const { address } = this.scratch;
    this.empty = address + scratchAt.empty;
    this.here = address + scratchAt.here;
    this.scratch.bytes[scratchAt.here] = 0x2e;
    this.timesAddress = address + scratchAt.times;
    this.offsetsAddress = address + scratchAt.offsets;
    this.filesystemAddress = address + scratchAt.filesystem;
    this.roomAddress = address + roomAt;
    this.room = this.scratch.bytes.subarray(roomAt);
    this.caller = options.caller ?? new CallerIdentity();
    this.fileSystem = fileSystemOf(options.rootFd);
    this.devices = new Devices(options.state.header);
    this.#reach = new InodeDescriptors(this);
    this.#noteDisk();
  }

  /** Every thread notes the same; of a disk that is gone what was noted stays. */
  #noteDisk(): void {
    const { state, rootFd } = this.options;
    if (this.statFd(rootFd, this.stat) < 0) return;
    const { device } = this.stat;
    state.header[field.birthDevice] = this.fileSystem.keepsBirth ? device : 0;
    this.devices.setDisk(device);
  }

  get name(): string {
    return this.options.name;
  }

  get descriptors(): DescriptorBudget {
    return this.options.descriptors;
  }

  /** An O_PATH descriptor of an inode, good for this request; else a negated errno. */
  fdOf(slot: number): number {
    return this.#reach.fdOf(slot);
  }

  /** A new O_PATH descriptor of an inode, by the name it is known by, for the caller to close; else a negated errno. */
  openByName(slot: number): number {
    return this.#reach.openByName(slot);
  }

  /** As `fdOf`, and the inode keeps it where there is room: its name is about to go. */
  pinnedFd(slot: number): number {
    return this.#reach.pinnedFd(slot);
  }

  /** Gives an inode without a name this descriptor of it. Returns the one that is good for this request. */
  pin(slot: number, fd: number): number {
    return this.#reach.pin(slot, fd);
  }

  /**
   * To be called before each request: ends what the one before has borrowed, and spent in its sender's name. Reads,
   * writes and syncs of open files go on in that name: the next write is most likely the same user's.
   */
  begin({ opcode: op }: Exchange): void {
    this.giveBack();
    if (op !== opcode.READ && op !== opcode.WRITE && op !== opcode.FSYNC) this.caller.comeBack();
  }

  /** Closes what `fdOf` opened for one request alone. */
  giveBack(): void {
    this.#reach.giveBack();
  }

  /** Closes the descriptor of an inode that the kernel forgot; -1 is none. */
  closeInode(fd: number): void {
    this.#reach.close(fd);
  }

  /** Fills `stat` for an inode; 0 or a negated errno. */
  statOf(slot: number, stat: FileStat): number {
    return this.#reach.statOf(slot, stat);
  }

  /** The handle's number; 0 when the table is full. */
  addHandle(handle: NewHandle): number {
    const fh = this.handles.add(handle);
    if (fh === 0) return 0;
    this.options.descriptors.count('handles', 1);
    this.inodes.use.countOpen(handle.inode, 1);
    return fh;
  }

  /** Frees a handle, and closes its descriptor. */
  removeHandle(fh: number): void {
    const inode = this.handles.inode(fh);
    const fd = this.handles.remove(fh);
    this.inodes.use.countOpen(inode, -1);
    this.options.descriptors.count('handles', -1);
    if (fd >= 0) libc.close(fd);
  }

  /**
   * To be called before an inode that was new is answered. Past most of what inodes may take, each costs a moment, in
   * which the kernel forgets others: what it forgot arrives between requests.
   */
  slowGrowth(): void {
    if (this.inodes.wasNew && this.inodes.room.isScarce) libc.poll(0, 0, limits.growthMs);
  }

  /** Counts this thread as blocked; false, and not counted, when every other reader is blocked already. */
  mayBlock(): boolean {
    const { state, readers } = this.options;
    if (Atomics.add(state.header, field.blockedReaders, 1) < readers - 1) return true;
    this.unblocked();
    return false;
  }

  unblocked(): void {
    Atomics.sub(this.options.state.header, field.blockedReaders, 1);
  }

  /** Has the holder keep a descriptor of an inode, for the fault proxy after us. */
  keep(slot: number, fd: number): void {
    if (!this.inodes.fds.isKept(slot) && fd >= 0) this.hand(slot, fd);
  }

  /** As `keep`, in place of the descriptor that the holder has, if any. */
  hand(slot: number, fd: number): void {
    const { header } = this.options.state;
    const holder = Atomics.load(header, field.holder);
    this.options.fdStore.keep(inodeKey(this.name, slot), fd);
    this.inodes.fds.markKept(slot);
    // A holder that came in between was given what was marked then.
    if (Atomics.load(header, field.holder) !== holder)
      this.options.fdStore.keep(inodeKey(this.name, slot), fd);
  }

  statFd(fd: number, stat: FileStat): number {
    const flags = AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW;
    return libc.statx(fd, this.empty, flags, STATX_BASIC_AND_BIRTH, stat.address) < 0 ? -errno() : 0;
  }

  statAt(parentFd: number, name: number, stat: FileStat): number {
    return libc.statx(parentFd, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_AND_BIRTH, stat.address) < 0
      ? -errno()
      : 0;
  }

  /** The address of `/proc/self/fd/N`: a path that leads to the very inode, whatever its names do. */
  procPath(fd: number): number {
    return writeProcPath(this.scratch, fd);
  }

  /**
   * The address of an inode's name, copied out of the table before it is looked at: the table is memory that others may
   * have, and a name with a slash, or `..`, would lead out of the volume. 0 where it is such a one.
   */
  nameOf(slot: number): number {
    const { bytes, address } = this.scratch;
    const name = this.inodes.name(slot);
    if (name.length > longestName) return 0;
    bytes.set(name, scratchAt.name);
    bytes[scratchAt.name + name.length] = 0;
    const copied = bytes.subarray(scratchAt.name, scratchAt.name + name.length);
    return isPlainName(copied) ? address + scratchAt.name : 0;
  }
}
