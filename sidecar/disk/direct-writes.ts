/**
 * Writes that go past the kernel's page cache (O_DIRECT), and what they leave outdated there. The kernel drops the pages
 * of such a write before it sends it; of one that it does not wait for (libaio, io_uring), or of a file that was opened
 * past the cache, it does not do so again at its end. What others read meanwhile would be shown for good. So its pages
 * are dropped here, between the write beneath and its reply:
 *
 *     a read                  a direct write
 *     note "in page cache"    write beneath
 *     read beneath            noted "in page cache"? then drop its pages: waits for reads of them that are under way
 *     reply                   reply
 *
 * Either the write sees the note and drops what was read, or the read began after it and has read what was written.
 */

import type { Range } from './kernel-cache.js';
import { goesPastPageCache } from './passthrough/kernel-use.js';
import type { Volume } from './volume.js';
import type { Exchange } from './wire/exchange.js';
import { opcode } from './wire/opcodes.js';

/** Of a request that was carried out and not answered yet: which pages may show what was there before? */
export function outdatedPages(volume: Volume, x: Exchange): Range | null {
  if (x.opcode !== opcode.WRITE || !goesPastPageCache(x) || !volume.inodes.contents.isInPageCache(x.nodeid))
    return null;
  return { offset: x.u64(8), bytes: x.u32(16) };
}
