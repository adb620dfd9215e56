/** Lengths of the protocol's structures, and where requests and replies lie in memory. */

export const inHeaderBytes = 40;
export const outHeaderBytes = 16;
/** struct fuse_in_header and fuse_write_in: what precedes a WRITE's data. */
export const writePrefixBytes = 80;

/** Of the page cache. */
export const pageBytes = 4096;
/** max_pages is capped by the kernel at fs.fuse.max_pages_limit, 256 pages where nobody changed it. */
export const maxPages = 256;
export const maxWriteBytes = maxPages * pageBytes;

/** A request is read so that a WRITE's data falls on a page: O_DIRECT on the backing file then works. */
export const requestAt = pageBytes - writePrefixBytes;
/** A reply's header ends where a page begins, so that what is read into the reply is aligned too. */
export const replyAt = pageBytes - outHeaderBytes;
export const payloadAt = pageBytes;
/** Fits the largest request and the largest reply, each with the page before it. */
export const bufferBytes = pageBytes + maxWriteBytes + pageBytes;
/** What read(2) of the device is given: at least max_write + 4096. */
export const requestBytes = bufferBytes - requestAt;

export const attrBytes = 88;
export const entryOutBytes = 128;
export const attrOutBytes = 104;
export const openOutBytes = 16;
export const initOutBytes = 64;
export const direntHeaderBytes = 24;
export const statfsOutBytes = 80;

export const align8 = (bytes: number): number => (bytes + 7) & ~7;
