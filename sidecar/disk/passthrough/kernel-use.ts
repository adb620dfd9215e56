/**
 * What the kernel makes of the count in our reply to a READ or a WRITE (fs/fuse/file.c). Where it does not hand the
 * count on to the program, the reply must be whole, or an error.
 *
 *     READ   into the page cache   a short count is the end of the file: zeros are shown, and the size shrinks
 *            past it               the program is told the count
 *     WRITE  of a mapping's pages  the count is not looked at: what is missing is lost
 *            O_DIRECT              a short count becomes EIO, always but where the page cache is off and the call waits
 *            any other             the program is told the count
 */
import { O_DIRECT } from '../../linux/constants.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { READ_LOCKOWNER, WRITE_CACHE, WRITE_LOCKOWNER } from '../wire/flags.js';

/** read_in: read_flags@20. What goes past the page cache, and only that, names an owner of locks. */
export const fillsPageCache = (request: Exchange): boolean => (request.u32(20) & READ_LOCKOWNER) === 0;

/**
 * write_in: write_flags@20; told apart like a read. That its handle is O_DIRECT does not tell: what the kernel cannot drop
 * from its page cache it writes through it after all, and may have a page of it locked until we answer.
 */
export const goesPastPageCache = (request: Exchange): boolean => (request.u32(20) & WRITE_LOCKOWNER) !== 0;

/** write_in: write_flags@20. Is it the page cache itself that is written, of a mapping? */
export const isCacheWrittenBack = (request: Exchange): boolean => (request.u32(20) & WRITE_CACHE) !== 0;

/** write_in: fh@0 write_flags@20 flags@32. Is a program told how much of this WRITE was done? */
export function isCountTold({ handles }: Volume, request: Exchange): boolean {
  if (isCacheWrittenBack(request)) return false;
  if (!goesPastPageCache(request)) return true;
  return handles.isDirect(request.u64(0)) && (request.u32(32) & O_DIRECT) === 0;
}
