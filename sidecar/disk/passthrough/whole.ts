/**
 * Transfers that are not cut: carried on after a short count until they are whole, the file ends, or the disk says why
 * not. What was written before an error stays; a request that comes again after a death writes the same bytes again.
 */
import { O_CLOEXEC, O_DIRECT, O_RDONLY, O_WRONLY } from '../../linux/constants.js';
import { EINVAL, EIO } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';

export interface Transfer {
  readonly fd: number;
  /** Where in memory the bytes are, or go. */
  readonly address: number;
  readonly bytes: number;
  /** Where in the file. */
  readonly position: number | bigint;
}

/** What a system call returned, or the negated errno. */
export const negated = (result: number): number => (result < 0 ? -errno() : result);

export const after = (position: number | bigint, bytes: number): number | bigint =>
  typeof position === 'number' ? position + bytes : position + BigInt(bytes);

/** All the bytes, or fewer where the file ends; else a negated errno. `done` bytes are read already. */
export function readWhole(volume: Volume, request: Exchange, transfer: Transfer, done: number): number {
  const reopen = reopener(volume, request, transfer.fd, O_RDONLY);
  const end = carryOn(transfer, libc.pread, reopen, { done, last: 1 });
  return end.last < 0 ? end.last : end.done;
}

/** All the bytes, or a negated errno. `once` is what the first pwrite(2) gave. */
export function writeWhole(volume: Volume, request: Exchange, transfer: Transfer, once: number): number {
  const reopen = reopener(volume, request, transfer.fd, O_WRONLY);
  const { done, last } = carryOn(transfer, libc.pwrite, reopen, { done: Math.max(0, once), last: once });
  if (done === transfer.bytes) return done;
  return last < 0 ? last : -EIO;
}

/** How much is moved, and what the last call gave: a count, 0 at the end of a file, or a negated errno. */
interface Progress {
  readonly done: number;
  readonly last: number;
}

/** Each round moves at least a byte, or is the last but the one through `reopen`. */
function carryOn(
  { fd, address, bytes, position }: Transfer,
  call: typeof libc.pwrite,
  reopen: () => number,
  { done, last }: Progress,
): Progress {
  let buffered = -1;
  while (done < bytes) {
    if (last === -EINVAL && buffered < 0) buffered = reopen();
    else if (last <= 0) break;
    if (last < 0 && buffered < 0) break;
    const to = buffered < 0 ? fd : buffered;
    last = negated(call(to, address + done, bytes - done, after(position, done)));
    done += Math.max(0, last);
  }
  if (buffered >= 0) libc.close(buffered);
  return { done, last };
}

/** Pages of the kernel's cache end where the file ends, aligned or not: O_DIRECT does not move such. */
function reopener(volume: Volume, request: Exchange, fd: number, access: number): () => number {
  const isDirect = (volume.handles.flags(request.u64(0)) & O_DIRECT) !== 0;
  return () => (isDirect ? libc.open(volume.procPath(fd), access | O_CLOEXEC, 0) : -1);
}
