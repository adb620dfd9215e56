/** Reads what the page cache beneath holds already, and never waits for the disk. */
import { EOPNOTSUPP } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';

/** preadv2(2): fail with EAGAIN, or read less, rather than wait. */
const RWF_NOWAIT = 8;
const vectorBytes = 16;

export class CachedRead {
  /** One struct iovec. */
  readonly #vector = allocate(vectorBytes);
  #isPossible = true;

  /** How many bytes were there, from the first: 0 also where the file system beneath cannot tell. */
  read(fd: number, address: number, bytes: number, position: number | bigint): number {
    if (!this.#isPossible) return 0;
    const { unsigned } = this.#vector;
    unsigned[0] = address;
    unsigned[1] = Math.floor(address / 2 ** 32);
    unsigned[2] = bytes;
    const read = libc.preadv2(fd, this.#vector.address, 1, position, RWF_NOWAIT);
    if (read >= 0) return read;
    if (errno() === EOPNOTSUPP) this.#isPossible = false;
    return 0;
  }
}
