/**
 * Holds what inodes take within the memory that there is. The kernel remembers every file that was looked up until its
 * own memory is short, which is not ours.
 *
 *     0 ──────── rest ─────────────────── many ───────────────── too many ──── most
 *       nothing   what was not used again   no entries with        each new      ENOMEM
 *                 is forgotten, in time     READDIRPLUS; the       one costs
 *                                           kernel is asked to     a moment
 *                                           forget at once
 *
 * A kernel before 7.45 can only be told names, which shows where one is mounted upon: it is told when inodes are too many.
 * Only the kernel says when an inode is free (FORGET): here it is asked, never told. A notification may wait for a page
 * that is locked until a request is answered, so it is sent from libuv's pool. What is free goes back to the machine,
 * page by page.
 */
import { totalmem } from 'node:os';
import { S_IFDIR } from '../linux/constants.js';
import { EINVAL } from '../linux/errno.js';
import { later, libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';
import { memoryLimit } from '../linux/memory-limit.js';
import { limits } from './limits.js';
import { forgettable } from './state/forgettable.js';
import type { HandleTable } from './state/handle-table.js';
import { rootSlot } from './state/inode-slots.js';
import type { InodeTable } from './state/inode-table.js';
import { boundInodes, field, type VolumeState } from './state/volume-state.js';
import { writeInvalEntry, writePrune } from './wire/notifications.js';

/** What inodes may take of the memory that there is, all volumes together. */
const share = 1 / 4;
/** The kernel keeps this much of `many` without being asked to forget, however long nobody used it. */
const restShare = 1 / 4;
/** What the kernel forgets of what it was asked to, where asking is worth while. */
const enoughForgotten = 1 / 8;
/** FUSE_NOTIFY_PRUNE is of 7.45 (Linux 6.18). */
const pruneMinor = 45;

export interface InodeBoundOptions {
  readonly state: VolumeState;
  readonly inodes: InodeTable;
  readonly handles: HandleTable;
  readonly deviceFd: number;
  /** This volume's part of the memory that there is. */
  readonly memoryBytes: number;
  readonly nowMs: () => number;
}

/** Of this process; without a limit the machine's. */
export const availableMemory = (): number => memoryLimit() ?? totalmem();

export class InodeBound {
  readonly #options: InodeBoundOptions;
  readonly #memory = allocate(64 + Math.max(limits.forgotten * 8, 4096));
  #prunes: boolean;
  #timer: NodeJS.Timeout | null = null;
  /** Where the kernel is asked next. */
  #next: number = rootSlot;
  #cachedToo = false;
  /** Found since all inodes were looked at. */
  #found = 0;
  #hasAsked = false;
  #pauseMs = 0;
  #restUntilGrowth = false;
  #grewMs: number;
  #kibBefore = 0;
  /** Of all inodes ever, when that began. */
  #forgotten = 0;

  constructor(options: InodeBoundOptions) {
    this.#options = options;
    this.#grewMs = options.nowMs();
    const { state, memoryBytes } = options;
    this.#prunes = (state.header[field.minor] ?? 0) >= pruneMinor;
    boundInodes(state, memoryBytes * share);
  }

  start(): void {
    this.#again(limits.inodesMs);
  }

  #again(ms: number): void {
    this.#timer = setTimeout(() => void this.#look(), ms).unref();
  }

  async #look(): Promise<void> {
    this.trim();
    const mayMore = await this.forgetSome();
    this.#again(mayMore ? 1 : Math.max(this.#pauseMs, limits.inodesMs));
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Gives memory of what is free back to the machine. */
  trim(): void {
    const { inodes, handles } = this.#options;
    for (const table of [inodes, handles]) {
      let pages = 0;
      while (pages < limits.pagesOfLook) {
        const given = table.trim(limits.pagesOfHold);
        if (given === 0) break;
        pages += given;
      }
    }
  }

  /** Asks the kernel to forget some inodes, if there are too many; true when there are more to ask for. */
  async forgetSome(): Promise<boolean> {
    const { room } = this.#options.inodes;
    this.#noteGrowth();
    if (this.#prunes ? room.isShort : room.isScarce) return this.#ask();
    this.#cachedToo = false;
    this.#pauseMs = 0;
    const isIdle = this.#options.nowMs() - this.#grewMs >= limits.inodesRestMs;
    if (this.#prunes && isIdle && !this.#restUntilGrowth && room.kib > room.manyKiB * restShare)
      await this.#ask();
    return false;
  }

  #noteGrowth(): void {
    const { kib } = this.#options.inodes.room;
    if (kib > this.#kibBefore) {
      this.#pauseMs = 0;
      this.#grewMs = this.#options.nowMs();
      this.#restUntilGrowth = false;
    }
    this.#kibBefore = kib;
  }

  async #ask(): Promise<boolean> {
    if (this.#next === rootSlot) this.#judgeTurn();
    const { slots } = this.#options.inodes;
    const { found, next } = forgettable(slots, this.#next, {
      most: limits.forgotten,
      looks: limits.inodesLookedAt,
      cachedToo: this.#cachedToo,
    });
    this.#next = next;
    this.#found += found.length;
    if (found.length > 0) await this.#send(found);
    return this.#pauseMs === 0;
  }

  /** All were looked at. If that did not help, ask for more next time, and then less and less often. */
  #judgeTurn(): void {
    const { isShort } = this.#options.inodes.room;
    const forgotten = (this.#options.state.header[field.forgotten] ?? 0) >>> 0;
    const hasHelped = this.#found > 0 && (forgotten - this.#forgotten) >>> 0 >= this.#found * enoughForgotten;
    const isFirst = !this.#hasAsked;
    this.#hasAsked = true;
    this.#forgotten = forgotten;
    this.#found = 0;
    if (hasHelped || isFirst) this.#pauseMs = 0;
    else if (!isShort) this.#restUntilGrowth = true;
    else if (!this.#cachedToo) this.#cachedToo = true;
    else this.#pauseMs = Math.min(limits.inodesPauseMs, Math.max(limits.inodesMs, this.#pauseMs * 2));
  }

  async #send(found: readonly number[]): Promise<void> {
    const { inodes, deviceFd } = this.#options;
    const write = (length: number): Promise<number> =>
      later(libc.write, deviceFd, this.#memory.address, length);
    if (this.#prunes) {
      const result = await write(writePrune(this.#memory, found));
      this.#prunes = result !== -EINVAL;
      return;
    }
    for (const slot of found) {
      if (inodes.type(slot) !== S_IFDIR)
        await write(writeInvalEntry(this.#memory, inodes.parent(slot), inodes.name(slot)));
    }
  }
}
