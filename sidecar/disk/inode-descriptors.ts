/**
 * How a thread reaches an inode: by the descriptor that the inode keeps, else by the last name it was seen under, from
 * its parent, or by a handle of it that is open. What is found is checked to be the same file.
 *
 *     kept ─► parent, name ─► a handle ─┬─► there is room: the inode keeps the descriptor
 *                                       └─► else it is borrowed, and closed when the request is answered
 *
 * A descriptor that an inode keeps is closed when the kernel forgets the inode, and not before: another thread may be
 * using it. One of a handle is closed at any moment, and its number used again, so it is looked through, never used.
 */
import { performance } from 'node:perf_hooks';
import { O_CLOEXEC, O_NOFOLLOW, O_PATH } from '../linux/constants.js';
import { ENOENT, ENOTDIR, ESTALE } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import type { DescriptorBudget } from '../proxy/descriptor-budget.js';
import type { HandleTable } from './state/handle-table.js';
import type { InodeTable } from './state/inode-table.js';
import type { FileStat } from './wire/attributes.js';

/** A name may be changing under another thread's rename: how long to look again before believing it gone. */
const patienceMs = 50;
/** Directories above one that keeps no descriptor: as many as a stack holds with ease. */
const deepest = 1000;

/** What it needs of the thread's volume. */
export interface Reaching {
  readonly inodes: InodeTable;
  readonly handles: HandleTable;
  readonly descriptors: DescriptorBudget;
  readonly otherStat: FileStat;
  /** The address of a copy of the inode's name; 0 where it is none that may be followed. */
  nameOf(slot: number): number;
  /** The address of `/proc/self/fd/N`. */
  procPath(fd: number): number;
  statFd(fd: number, stat: FileStat): number;
  statAt(parentFd: number, name: number, stat: FileStat): number;
}

/** Each gives what was asked for, or a negated errno. */
interface Ways {
  readonly byName: (parentFd: number) => number;
  readonly byHandle: (handleFd: number) => number;
}

export class InodeDescriptors {
  readonly #of: Reaching;
  readonly #borrowed: number[] = [];
  /** Those that are being reached, each from the one after it. */
  readonly #climbing = new Set<number>();

  constructor(reaching: Reaching) {
    this.#of = reaching;
  }

  /** An O_PATH descriptor of an inode, good for this request; else a negated errno. */
  fdOf(slot: number): number {
    const known = this.#of.inodes.fds.of(slot);
    if (known >= 0) return known;
    const fd = this.#patiently(slot, {
      byName: (parentFd) => this.#openAt(slot, parentFd),
      byHandle: (handleFd) => this.#ifIts(slot, libc.open(this.#of.procPath(handleFd), opening, 0)),
    });
    if (fd < 0 || this.#of.inodes.fds.of(slot) === fd) return fd;
    return this.#of.descriptors.hasRoomToKeep ? this.#offer(slot, fd) : this.#borrow(fd);
  }

  /** A new O_PATH descriptor of an inode, by the name it is known by, for the caller to close; else a negated errno. */
  openByName(slot: number): number {
    const mark = this.#borrowed.length;
    const parentFd = this.#parentFd(slot);
    const fd = parentFd < 0 ? parentFd : this.#openIn(slot, parentFd);
    this.giveBack(mark);
    return fd;
  }

  /** As `fdOf`, and the inode keeps it where there is room: its name is about to go. */
  pinnedFd(slot: number): number {
    const fd = this.fdOf(slot);
    if (fd < 0 || this.#of.inodes.fds.of(slot) >= 0) return fd;
    this.#borrowed.splice(this.#borrowed.indexOf(fd), 1);
    return this.pin(slot, fd);
  }

  /** Of an inode without a name. Returns the descriptor that is good for this request. */
  pin(slot: number, fd: number): number {
    return this.#of.descriptors.hasRoomToPin ? this.#offer(slot, fd) : this.#borrow(fd);
  }

  /** Fills `stat` for an inode; 0 or a negated errno. */
  statOf(slot: number, stat: FileStat): number {
    const { inodes } = this.#of;
    const fd = inodes.fds.of(slot);
    if (fd >= 0) return this.#of.statFd(fd, stat);
    const ifIts = (result: number): number => (result < 0 || inodes.isSame(slot, stat) ? result : -ENOENT);
    return this.#patiently(slot, {
      byName: (parentFd) => {
        const late = inodes.fds.of(slot);
        if (late >= 0) return this.#of.statFd(late, stat);
        const name = this.#of.nameOf(slot);
        return name === 0 ? -ESTALE : ifIts(this.#of.statAt(parentFd, name, stat));
      },
      byHandle: (handleFd) => ifIts(this.#of.statFd(handleFd, stat)),
    });
  }

  /** Closes what was borrowed since `mark`. */
  giveBack(mark = 0): void {
    while (this.#borrowed.length > mark) libc.close(this.#borrowed.pop() ?? -1);
  }

  /** Of an inode that the kernel forgot; -1 where it kept none. */
  close(fd: number): void {
    if (fd < 0) return;
    libc.close(fd);
    this.#of.descriptors.count('inodes', -1);
  }

  /**
   * Tries to reach the inode until it is found: another thread may stand between renaming a file and noting its new
   * name, or between unlinking one that is open and leaving its descriptor. The descriptors of the directories above are
   * given back at once, so that a deep path takes no more of them than a short one.
   */
  #patiently(slot: number, ways: Ways): number {
    const { inodes } = this.#of;
    if (!inodes.has(slot) || inodes.isLost(slot)) return -ESTALE;
    this.#climbing.add(slot);
    try {
      return this.#reach(slot, ways);
    } finally {
      this.#climbing.delete(slot);
    }
  }

  #reach(slot: number, ways: Ways): number {
    const { inodes } = this.#of;
    const started = performance.now();
    const mark = this.#borrowed.length;
    for (;;) {
      const parentFd = inodes.fds.of(slot) >= 0 ? 0 : this.#parentFd(slot);
      const result = parentFd < 0 ? parentFd : ways.byName(parentFd);
      this.giveBack(mark);
      if (result >= 0) return result;
      if (result !== -ENOENT && result !== -ESTALE && result !== -ENOTDIR) return result;
      const found = this.#throughHandles(slot, ways);
      if (found >= 0) return found;
      if (performance.now() - started > patienceMs) return -ESTALE;
      libc.schedYield();
    }
  }

  /** No name leads to it: where it is open a handle does, and an inode that has no room for a descriptor needs none. */
  #throughHandles(slot: number, { byHandle }: Ways): number {
    const { inodes, handles } = this.#of;
    if (inodes.use.opens(slot) <= 0) return -ESTALE;
    for (const fh of handles.all()) {
      const fd = handles.inode(fh) === slot ? handles.fd(fh) : -1;
      const found = fd < 0 ? -ESTALE : byHandle(fd);
      if (found >= 0) return found;
    }
    return -ESTALE;
  }

  #openAt(slot: number, parentFd: number): number {
    const late = this.#of.inodes.fds.of(slot);
    return late >= 0 ? late : this.#openIn(slot, parentFd);
  }

  #openIn(slot: number, parentFd: number): number {
    const name = this.#of.nameOf(slot);
    return name === 0 ? -ESTALE : this.#ifIts(slot, libc.openat(parentFd, name, opening | O_NOFOLLOW, 0));
  }

  /** What open(2) gave, if it is the inode's. */
  #ifIts(slot: number, fd: number): number {
    const { inodes, otherStat } = this.#of;
    if (fd < 0) return -errno();
    const result = this.#of.statFd(fd, otherStat);
    if (result === 0 && inodes.isSame(slot, otherStat)) return fd;
    libc.close(fd);
    return result || -ENOENT;
  }

  /** Where somebody moved directories beside the mount, two may be known below each other: neither name leads anywhere. */
  #parentFd(slot: number): number {
    const parent = this.#of.inodes.parent(slot);
    const leadsUp = parent !== 0 && parent !== slot && !this.#climbing.has(parent);
    return leadsUp && this.#climbing.size < deepest ? this.fdOf(parent) : -ESTALE;
  }

  #offer(slot: number, fd: number): number {
    const { inodes, descriptors } = this.#of;
    if (inodes.fds.offer(slot, fd)) {
      descriptors.count('inodes', 1);
      return fd;
    }
    libc.close(fd);
    return inodes.fds.of(slot);
  }

  #borrow(fd: number): number {
    this.#borrowed.push(fd);
    return fd;
  }
}

const opening = O_PATH | O_CLOEXEC;
