/** Requests that move data. */

import { O_CLOEXEC, O_DIRECT, O_WRONLY } from '../../linux/constants.js';
import { EINVAL } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { FSYNC_FDATASYNC, WRITE_CACHE, WRITE_KILL_SUIDGID } from '../wire/flags.js';
import { opcode } from '../wire/opcodes.js';
import { maxWriteBytes } from '../wire/sizes.js';
import { handleFd } from './handles.js';
import { dropSetId } from './ownership.js';

/** read_in: fh@0 offset@8 size@16. */
export function read(volume: Volume, x: Exchange): number {
  const fd = handleFd(volume, x.u64(0));
  if (fd < 0) return fd;
  const bytes = Math.min(x.u32(16), maxWriteBytes);
  const position = x.position(8);
  const cached = volume.cachedRead.read(fd, x.payload, bytes, position);
  if (cached === bytes) return bytes;
  volume.beforeLongWait();
  const rest = libc.pread(fd, x.payload + cached, bytes - cached, after(position, cached));
  if (rest >= 0) return cached + rest;
  return cached > 0 ? cached : -errno();
}

const after = (position: number | bigint, bytes: number): number | bigint =>
  typeof position === 'number' ? position + bytes : position + BigInt(bytes);

/** write_in: fh@0 offset@8 size@16 write_flags@20 flags@32; the data at 40. */
export function write(volume: Volume, x: Exchange): number {
  const fh = x.u64(0);
  const fd = handleFd(volume, fh);
  if (fd < 0) return fd;
  const bytes = x.u32(16);
  if (x.length < 80 + bytes) return -EINVAL;
  volume.inodes.markWritten(x.nodeid);
  const offset = x.position(8);
  let written = libc.pwrite(fd, x.argument(40), bytes, offset);
  if (written < 0) {
    const failure = errno();
    if (failure !== EINVAL || (x.u32(20) & WRITE_CACHE) === 0) return -failure;
    written = writeBuffered(volume, x, fd, offset);
    if (written < 0) return written;
  }
  if (x.u32(20) & WRITE_KILL_SUIDGID) dropSetId(volume, x, fd);
  x.set32(0, written);
  x.set32(4, 0);
  return 8;
}

/** Pages of a mapping that the kernel writes back through an O_DIRECT handle end where the file ends, aligned or not. */
function writeBuffered(volume: Volume, x: Exchange, fd: number, offset: number | bigint): number {
  if ((volume.handles.flags(x.u64(0)) & O_DIRECT) === 0) return -EINVAL;
  const buffered = libc.open(volume.procPath(fd), O_WRONLY | O_CLOEXEC, 0);
  if (buffered < 0) return -errno();
  const written = libc.pwrite(buffered, x.argument(40), x.u32(16), offset);
  const result = written < 0 ? -errno() : written;
  libc.close(buffered);
  return result;
}

/** fsync_in: fh@0 flags@8. For FSYNCDIR and SYNCFS too. */
export function sync(volume: Volume, x: Exchange): number {
  const { call, fd } = syncOf(volume, x);
  if (fd < 0) return fd;
  return call(fd) < 0 ? -errno() : 0;
}

/** The call that makes it durable, and of which descriptor; a negated errno where there is none. */
export interface Sync {
  readonly call: typeof libc.fsync;
  readonly fd: number;
}

export function syncOf(volume: Volume, x: Exchange): Sync {
  if (x.opcode === opcode.SYNCFS) return { call: libc.syncfs, fd: volume.options.rootFd };
  const isDataOnly = (x.u32(8) & FSYNC_FDATASYNC) !== 0;
  return { call: isDataOnly ? libc.fdatasync : libc.fsync, fd: handleFd(volume, x.u64(0)) };
}
