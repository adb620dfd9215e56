/**
 * What the kernel remembers of a volume, and how it is made to forget, so that the next read, stat or lookup comes
 * to us. A notification waits for pages that are locked by requests we owe answers to, so it is never sent from a
 * thread that owes one, but from libuv's pool; and around the ranges of waiting requests, not across them.
 */

import { assertNever } from '../../core/assert-never.js';
import { later, libc } from '../linux/libc.js';
import { allocate, type Memory } from '../linux/memory.js';
import { limits } from './limits.js';
import type { InodeTable } from './state/inode-table.js';
import type { PageDrops } from './state/page-drops.js';
import { attributesAlone, writeExpireEntry, writeInvalInode } from './wire/notifications.js';
import { pageBytes } from './wire/sizes.js';

export interface Range {
  readonly offset: number;
  readonly bytes: number;
}

/** A file's content, what stat(2) shows of it, or that its name leads to it. */
export type Remembered = 'pages' | 'attributes' | 'name';

export interface KernelCacheOptions {
  readonly deviceFd: number;
  readonly inodes: InodeTable;
  readonly pageDrops: PageDrops;
  readonly lockedRanges: (inode: number) => readonly Range[];
  /** Of requests that wait and will read beneath only when they go on, into pages that are locked until then. */
  readonly unreadRanges: (inode: number) => readonly Range[];
}

interface Task {
  readonly what: Remembered | Range;
  readonly inode: number;
  readonly done: (() => void)[];
}

/** To the end of the file, in a notification's terms. */
const toTheEnd = 0;

export class KernelCache {
  /** Bounded by what there is to forget: three things of each inode the kernel knows, and ranges of writes it waits for. */
  readonly #waiting = new Map<string, Task>();
  readonly #buffers: Memory[] = [];
  #running = 0;
  #ranges = 0;
  readonly #options: KernelCacheOptions;

  constructor(options: KernelCacheOptions) {
    this.#options = options;
  }

  /** Resolves when the kernel has forgotten; asked twice before it began, it is done once. */
  forget(what: Remembered, inode: number): Promise<void> {
    return this.#start(`${what} ${inode}`, what, inode);
  }

  /** Resolves when none of these pages shows what was there when this was asked. Nobody else's asking will do. */
  forgetRange(inode: number, range: Range): Promise<void> {
    return this.#start(`range ${this.#ranges++}`, range, inode);
  }

  #start(key: string, what: Task['what'], inode: number): Promise<void> {
    return new Promise((resolve) => {
      const known = this.#waiting.get(key);
      if (known) known.done.push(resolve);
      else this.#waiting.set(key, { what, inode, done: [resolve] });
      this.#startNext();
    });
  }

  #startNext(): void {
    for (const [key, task] of this.#waiting) {
      if (this.#running >= limits.drops) return;
      this.#waiting.delete(key);
      this.#running++;
      void this.#notify(task).then(() => {
        this.#running--;
        for (const done of task.done) done();
        this.#startNext();
      });
    }
  }

  async #notify({ what, inode }: Task): Promise<void> {
    const buffer = this.#buffers.pop() ?? allocate(4096);
    const send = (length: number): Promise<number> =>
      later(libc.write, this.#options.deviceFd, buffer.address, length);
    if (typeof what === 'object' || what === 'pages') this.#options.pageDrops.note(inode);
    if (typeof what === 'object') {
      const gaps = gapsBetween(this.#options.unreadRanges(inode));
      for (const { offset, bytes } of within(what, gaps))
        await send(writeInvalInode(buffer, { inode, offset, bytes }));
      this.#buffers.push(buffer);
      return;
    }
    switch (what) {
      case 'pages':
        for (const { offset, bytes } of gapsBetween(this.#options.lockedRanges(inode))) {
          await send(writeInvalInode(buffer, { inode, offset, bytes }));
        }
        break;
      case 'attributes':
        await send(writeInvalInode(buffer, { inode, offset: attributesAlone, bytes: 0 }));
        break;
      case 'name':
        await send(
          writeExpireEntry(buffer, this.#options.inodes.parent(inode), this.#options.inodes.name(inode)),
        );
        break;
      default:
        assertNever(what);
    }
    this.#buffers.push(buffer);
  }
}

/** What lies before, between and after `ranges`; page-aligned ranges assumed, the last gap has no end. */
export function gapsBetween(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const { offset, bytes } of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const start = Math.floor(offset / pageBytes) * pageBytes;
    if (start > from) gaps.push({ offset: from, bytes: start - from });
    from = Math.max(from, Math.ceil((offset + bytes) / pageBytes) * pageBytes);
  }
  return [...gaps, { offset: from, bytes: toTheEnd }];
}

/** What of `gaps` lies in a range. */
function within({ offset, bytes }: Range, gaps: readonly Range[]): Range[] {
  return gaps.flatMap((gap) => {
    const start = Math.max(offset, gap.offset);
    const gapEnd = gap.bytes === toTheEnd ? Number.POSITIVE_INFINITY : gap.offset + gap.bytes;
    const end = Math.min(offset + bytes, gapEnd);
    return end > start ? [{ offset: start, bytes: end - start }] : [];
  });
}
