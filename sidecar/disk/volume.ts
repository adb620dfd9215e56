/**
 * A served volume as one thread sees it: the shared tables, and scratch memory of the thread's own.
 * Everything a request handler needs that is not in the request.
 */

import { performance } from 'node:perf_hooks';
import { inodeKey } from '../kept-keys.js';
import {
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  O_NOFOLLOW,
  O_PATH,
  STATX_BASIC_AND_BIRTH,
} from '../linux/constants.js';
import { ENOENT, ENOTDIR, ESTALE } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { descriptorLimit } from '../linux/limits.js';
import { allocate, type Memory } from '../linux/memory.js';
import { CachedRead } from './cached-read.js';
import { CallerIdentity } from './caller-identity.js';
import { type FileSystem, fileSystemOf } from './file-system.js';
import type { Keeper } from './keeper.js';
import { limits } from './limits.js';
import { roomAt, scratchAt, scratchBytes, writeProcPath } from './scratch.js';
import { isPlainName, longestName } from './sound-request.js';
import { Devices } from './state/devices.js';
import { HandleTable } from './state/handle-table.js';
import { InodeTable } from './state/inode-table.js';
import type { Intents } from './state/intents.js';
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
  readonly keeper: Keeper;
  /** How many reader threads this volume has: the last free one never blocks. */
  readonly readers: number;
  /** In whose name files are made; where it is not given, what this thread may. */
  readonly caller?: CallerIdentity;
}

/** A name may be changing under another thread's rename: how long to look again before believing it gone. */
const patienceMs = 50;

/** Numbers are given out from the lowest: one as high as this says that half are in use. */
const mostNumber = descriptorLimit() / 2;

export class Volume {
  readonly inodes: InodeTable;
  readonly handles: HandleTable;
  readonly refusedReads: RefusedReads;
  readonly stat: FileStat;
  readonly otherStat: FileStat;
  readonly scratch: Memory = allocate(scratchBytes);
  readonly timesAddress: number;
  readonly offsetsAddress: number;
  readonly filesystemAddress: number;
  readonly roomAddress: number;
  readonly room: Uint8Array;
  readonly roomBytes = scratchBytes - roomAt;
  private readonly borrowed: number[] = [];
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
    this.noteDisk();
  }

  /** Every thread notes the same; of a disk that is gone what was noted stays. */
  private noteDisk(): void {
    const { state, rootFd } = this.options;
    if (this.statFd(rootFd, this.stat) < 0) return;
    const { device } = this.stat;
    state.header[field.birthDevice] = this.fileSystem.keepsBirth ? device : 0;
    this.devices.setDisk(device);
  }

  get name(): string {
    return this.options.name;
  }

  /** An O_PATH descriptor of an inode, good for this request, opened by its name when there is none yet; else a negated errno. */
  fdOf(slot: number): number {
    const known = this.inodes.fd(slot);
    if (known >= 0) return known;
    return this.patiently(slot, (parent) => {
      const late = this.inodes.fd(slot);
      if (late >= 0) return late;
      const fd = this.openIn(parent, slot);
      return fd < 0 ? fd : this.settle(slot, fd);
    });
  }

  /** A new O_PATH descriptor of an inode, by the name it is known by, for the caller to close; else a negated errno. */
  openByName(slot: number): number {
    const parent = this.parentFd(slot);
    return parent < 0 ? parent : this.openIn(parent, slot);
  }

  /** As `fdOf`, and the inode keeps it: its name is about to go. */
  pinnedFd(slot: number): number {
    const fd = this.fdOf(slot);
    if (fd < 0 || this.inodes.fd(slot) >= 0) return fd;
    this.borrowed.splice(this.borrowed.indexOf(fd), 1);
    return this.offer(slot, fd);
  }

  /**
   * To be called before each request: ends what the one before has borrowed, and spent in its sender's name. Reads,
   * writes and syncs of open files go on in that name: the next write is most likely the same user's.
   */
  begin({ opcode: op }: Exchange): void {
    this.giveBack();
    if (op !== opcode.READ && op !== opcode.WRITE && op !== opcode.FSYNC) this.caller.comeBack();
  }

  /** Closes what `fdOf` opened for the request before. */
  giveBack(): void {
    while (this.borrowed.length > 0) libc.close(this.borrowed.pop() ?? -1);
  }

  /** Fills `stat` for an inode; 0 or a negated errno. */
  statOf(slot: number, stat: FileStat): number {
    const fd = this.inodes.fd(slot);
    if (fd >= 0) return this.statFd(fd, stat);
    return this.patiently(slot, (parent) => {
      const late = this.inodes.fd(slot);
      if (late >= 0) return this.statFd(late, stat);
      const name = this.nameOf(slot);
      const result = name === 0 ? -ESTALE : this.statAt(parent, name, stat);
      if (result < 0) return result;
      return this.inodes.isSame(slot, stat) ? 0 : -ENOENT;
    });
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

  /** Has the holder keep a descriptor of an inode, for the plane after us. */
  keep(slot: number, fd: number): void {
    if (!this.inodes.isKept(slot) && fd >= 0) this.hand(slot, fd);
  }

  /** As `keep`, in place of the descriptor that the holder has, if any. */
  hand(slot: number, fd: number): void {
    const { header } = this.options.state;
    const holder = Atomics.load(header, field.holder);
    this.options.keeper.keep(inodeKey(this.name, slot), fd);
    this.inodes.markKept(slot);
    // A holder that came in between was given what was marked then.
    if (Atomics.load(header, field.holder) !== holder)
      this.options.keeper.keep(inodeKey(this.name, slot), fd);
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
   * Tries `reach` with the inode's parent until it succeeds: another thread may stand between renaming a file
   * and noting its new name, or between unlinking one that is open and leaving its descriptor.
   */
  private patiently(slot: number, reach: (parentFd: number) => number): number {
    if (!this.inodes.has(slot) || this.inodes.isLost(slot)) return -ESTALE;
    const started = performance.now();
    for (;;) {
      const parentFd = this.inodes.fd(slot) >= 0 ? 0 : this.parentFd(slot);
      const result = parentFd < 0 ? parentFd : reach(parentFd);
      if (result >= 0) return result;
      if (result !== -ENOENT && result !== -ESTALE && result !== -ENOTDIR) return result;
      if (performance.now() - started > patienceMs) return -ESTALE;
      libc.schedYield();
    }
  }

  /**
   * The address of an inode's name, copied out of the table before it is looked at: the table is memory that others may
   * have, and a name with a slash, or `..`, would lead out of the volume. 0 where it is such a one.
   */
  private nameOf(slot: number): number {
    const { bytes, address } = this.scratch;
    const name = this.inodes.name(slot);
    if (name.length > longestName) return 0;
    bytes.set(name, scratchAt.name);
    bytes[scratchAt.name + name.length] = 0;
    const copied = bytes.subarray(scratchAt.name, scratchAt.name + name.length);
    return isPlainName(copied) ? address + scratchAt.name : 0;
  }

  private openIn(parentFd: number, slot: number): number {
    const name = this.nameOf(slot);
    const fd = name === 0 ? -1 : libc.openat(parentFd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0) return name === 0 ? -ESTALE : -errno();
    const result = this.statFd(fd, this.otherStat);
    if (result === 0 && this.inodes.isSame(slot, this.otherStat)) return fd;
    libc.close(fd);
    return result || -ENOENT;
  }

  private parentFd(slot: number): number {
    const parent = this.inodes.parent(slot);
    return parent === 0 || parent === slot ? -ESTALE : this.fdOf(parent);
  }

  /** Past half of what the process may have, a descriptor stays for one request: files that are open need them more. */
  private settle(slot: number, fd: number): number {
    if (fd < mostNumber) return this.offer(slot, fd);
    this.borrowed.push(fd);
    return fd;
  }

  private offer(slot: number, fd: number): number {
    if (this.inodes.offerFd(slot, fd)) return fd;
    libc.close(fd);
    return this.inodes.fd(slot);
  }
}
