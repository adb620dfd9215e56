/**
 * Files that can only be appended to (`chattr +a`). Other files are opened without O_APPEND, which these refuse: the
 * kernel works out where an appending write goes and says so with each, and one that is asked again after a death then
 * lands where it landed before. Here it would be appended twice, so what is there already is left out.
 */
import { O_APPEND, O_CLOEXEC, O_RDONLY } from '../../linux/constants.js';
import { EPERM } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import { allocate } from '../../linux/memory.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { UNIQUE_RESEND_HIGH } from '../wire/flags.js';
import { maxWriteBytes } from '../wire/sizes.js';

const F_GETFL = 3;

/** open(2) without O_APPEND, or where that is refused as the caller asked for it; a negated errno. */
export function openToWrite(path: number, flags: number): number {
  const fd = libc.open(path, (flags & ~O_APPEND) | O_CLOEXEC, 0);
  if (fd >= 0) return fd;
  const failure = errno();
  if (failure !== EPERM || (flags & O_APPEND) === 0) return -failure;
  const appending = libc.open(path, flags | O_CLOEXEC, 0);
  return appending < 0 ? -errno() : appending;
}

export interface Appending {
  readonly fd: number;
  readonly address: number;
  readonly bytes: number;
  readonly position: number | bigint;
}

/** How many bytes of this write a disk server that died has appended already. */
export function appendedBefore(volume: Volume, request: Exchange, write: Appending): number {
  const { fd, address, bytes, position } = write;
  if ((request.uniqueHigh & UNIQUE_RESEND_HIGH) === 0 || (libc.fcntl(fd, F_GETFL, 0) & O_APPEND) === 0)
    return 0;
  const readable = libc.open(volume.procPath(fd), O_RDONLY | O_CLOEXEC, 0);
  if (readable < 0) return 0;
  const memory = allocate(maxWriteBytes);
  const there = libc.pread(readable, memory.address, bytes, position);
  libc.close(readable);
  const start = address - request.input.address;
  const asked = request.input.bytes.subarray(start, start + Math.max(0, there));
  const isSame = there > 0 && Buffer.compare(asked, memory.bytes.subarray(0, there)) === 0;
  libc.munmap(memory.address, maxWriteBytes);
  return isSame ? there : 0;
}
