/**
 * Has the kernel forget cached pages, so that the next read comes to us. A notification waits for pages that
 * are locked by requests we owe answers to, so it is never sent from a thread that owes one, but from libuv's
 * pool; and around the ranges of parked requests, not across them.
 */
import { later, libc } from '../linux/libc.js';
import { allocate, type Memory } from '../linux/memory.js';
import { limits } from './limits.js';
import { writeInvalInode } from './wire/notifications.js';

export interface Range {
  readonly offset: number;
  readonly bytes: number;
}

export interface CacheDropperOptions {
  readonly deviceFd: number;
  readonly lockedRanges: (inode: number) => readonly Range[];
}

/** To the end of the file, in a notification's terms. */
const toTheEnd = 0;

export class CacheDropper {
  private readonly waiting = new Map<number, (() => void)[]>();
  private readonly buffers: Memory[] = [];
  private running = 0;

  constructor(private readonly options: CacheDropperOptions) {}

  /** Resolves when the kernel has dropped this inode's pages; asked twice before it began, it is done once. */
  drop(inode: number): Promise<void> {
    return new Promise((resolve) => {
      const known = this.waiting.get(inode);
      if (known) known.push(resolve);
      else if (this.waiting.size >= limits.dropQueue) resolve();
      else this.waiting.set(inode, [resolve]);
      this.startNext();
    });
  }

  private startNext(): void {
    for (const [inode, resolvers] of this.waiting) {
      if (this.running >= limits.drops) return;
      this.waiting.delete(inode);
      this.running++;
      void this.dropNow(inode).then(() => {
        this.running--;
        for (const resolve of resolvers) resolve();
        this.startNext();
      });
    }
  }

  private async dropNow(inode: number): Promise<void> {
    const buffer = this.buffers.pop() ?? allocate(4096);
    for (const { offset, bytes } of gapsBetween(this.options.lockedRanges(inode))) {
      const length = writeInvalInode(buffer, { inode, offset, bytes });
      await later(libc.write, this.options.deviceFd, buffer.address, length);
    }
    this.buffers.push(buffer);
  }
}

/** What lies before, between and after `ranges`; page-aligned ranges assumed, the last gap has no end. */
export function gapsBetween(ranges: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const { offset, bytes } of [...ranges].sort((a, b) => a.offset - b.offset)) {
    const start = Math.floor(offset / page) * page;
    if (start > from) gaps.push({ offset: from, bytes: start - from });
    from = Math.max(from, Math.ceil((offset + bytes) / page) * page);
  }
  return [...gaps, { offset: from, bytes: toTheEnd }];
}

const page = 4096;
