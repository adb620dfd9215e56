/**
 * Pages of the kernel's page cache that would show for good what was in a file before a write. The kernel sees to it
 * that there are none, but for two kinds of write. Their pages are dropped here, between the write beneath and its reply:
 *
 *     a read                  a write
 *     note "in page cache"    write beneath
 *     read beneath            noted "in page cache"? then drop its pages: waits for reads of them that are under way
 *     reply                   reply
 *
 * Either the write sees the note and drops what was read, or the read began after it and has read what was written.
 *
 * **Past the page cache** (O_DIRECT): the kernel drops the pages before it sends the write; of one that it does not wait
 * for (libaio, io_uring), or of a file that was opened past the cache, it does not do so again at its end.
 *
 * **Through the page cache**, where we have pages dropped (for faults on reads, and for the writes above): the kernel
 * fills the pages and unlocks them, and only then queues its request. Our dropping may take them in between, and a read
 * then puts the old bytes back. The last page may be locked until we answer, if it is not written as a whole: dropping it
 * would wait for us, so it is dropped after the reply.
 */

import type { Range } from './kernel-cache.js';
import { goesPastPageCache, isCacheWrittenBack } from './passthrough/kernel-use.js';
import type { Volume } from './volume.js';
import type { Exchange } from './wire/exchange.js';
import { opcode } from './wire/opcodes.js';
import { pageBytes } from './wire/sizes.js';

export interface OutdatedPages {
  readonly beforeReply: Range | null;
  readonly afterReply: Range | null;
}

/** Of a request that was carried out and not answered yet, and arrived so long ago. */
export function outdatedPages(
  volume: Volume,
  request: Exchange,
  sinceArrivalS: number,
): OutdatedPages | null {
  if (request.opcode !== opcode.WRITE || isCacheWrittenBack(request)) return null;
  const { contents } = volume.inodes;
  const { nodeid, offset, bytes } = request.pageRange;
  if (!goesPastPageCache(request))
    return volume.pageDrops.mayHaveMet(nodeid, sinceArrivalS) ? byLocks(offset, bytes) : null;
  return contents.isInPageCache(nodeid) ? { beforeReply: { offset, bytes }, afterReply: null } : null;
}

/** The kernel holds at most the last page locked, and ends a request with it (`fuse_fill_write_pages`). */
export function byLocks(offset: number, bytes: number): OutdatedPages {
  const end = offset + bytes;
  const isWhole = end % pageBytes === 0 && (offset % pageBytes === 0 || bytes > pageBytes);
  const last = isWhole ? end : Math.max(offset, Math.floor((end - 1) / pageBytes) * pageBytes);
  return { beforeReply: between(offset, last), afterReply: between(last, end) };
}

const between = (offset: number, end: number): Range | null =>
  end > offset ? { offset, bytes: end - offset } : null;
