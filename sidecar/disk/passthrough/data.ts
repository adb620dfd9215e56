/** Requests that move data. */

import { EINVAL } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { FSYNC_FDATASYNC, WRITE_KILL_SUIDGID } from '../wire/flags.js';
import { opcode } from '../wire/opcodes.js';
import { maxWriteBytes } from '../wire/sizes.js';
import { appendedBefore } from './append-only.js';
import { handleFd } from './handles.js';
import { fillsPageCache, goesPastPageCache, isCacheWrittenBack, isCountTold } from './kernel-use.js';
import { dropSetId } from './ownership.js';
import { asOtherOpeners, spendAsWriter } from './spending.js';
import { after, negated, readWhole, type Transfer, writeWhole } from './whole.js';

/** read_in: fh@0 offset@8 size@16. */
export function read(volume: Volume, x: Exchange): number {
  const fd = handleFd(volume, x.u64(0));
  if (fd < 0) return fd;
  if (fillsPageCache(x)) volume.inodes.contents.markInPageCache(x.nodeid);
  const bytes = Math.min(x.u32(16), maxWriteBytes);
  const position = x.position(8);
  const cached = volume.cachedRead.read(fd, x.payload, bytes, position);
  if (cached === bytes) return bytes;
  volume.beforeLongWait();
  if (fillsPageCache(x)) return readWhole(volume, x, { fd, address: x.payload, bytes, position }, cached);
  const rest = libc.pread(fd, x.payload + cached, bytes - cached, after(position, cached));
  if (rest >= 0) return cached + rest;
  return cached > 0 ? cached : -errno();
}

/** write_in: fh@0 offset@8 size@16 write_flags@20 flags@32; the data at 40. */
export function write(volume: Volume, x: Exchange): number {
  const fd = handleFd(volume, x.u64(0));
  if (fd < 0) return fd;
  const bytes = x.u32(16);
  if (x.length < 80 + bytes) return -EINVAL;
  if (isCacheWrittenBack(x)) volume.inodes.use.markStoredInto(x.nodeid);
  if (!goesPastPageCache(x)) volume.inodes.contents.markInPageCache(x.nodeid);
  const [address, position] = [x.argument(40), x.position(8)];
  const transfer = { fd, address, bytes, position };
  const there = appendedBefore(volume, x, transfer);
  spendAsWriter(volume, x);
  if (there > 0) return replyWritten(x, there + appendRest(volume, x, fd, there));
  volume.inodes.contents.beginWrite(x.nodeid);
  const once = negated(libc.pwrite(fd, address, bytes, position));
  const isDone = once === bytes || isCountTold(volume, x) || (once < 0 && !isCacheWrittenBack(x));
  const first = isDone ? once : writeWhole(volume, x, transfer, once);
  const written = first < 0 ? otherwise(volume, x, transfer, first) : first;
  volume.inodes.contents.endWrite(x.nodeid);
  if (x.u32(20) & WRITE_KILL_SUIDGID && (written > 0 || once > 0)) dropSetId(volume, x, fd);
  return written < 0 ? written : replyWritten(x, written);
}

const otherwise = (volume: Volume, x: Exchange, transfer: Transfer, refused: number): number =>
  asOtherOpeners(volume, x, refused, () => {
    const { fd, address, bytes, position } = transfer;
    return writeWhole(volume, x, transfer, negated(libc.pwrite(fd, address, bytes, position)));
  });

function replyWritten(x: Exchange, bytes: number): number {
  x.set32(0, bytes);
  x.set32(4, 0);
  return 8;
}

function appendRest({ inodes }: Volume, x: Exchange, fd: number, there: number): number {
  inodes.contents.beginWrite(x.nodeid);
  const appended = libc.pwrite(fd, x.argument(40 + there), x.u32(16) - there, after(x.position(8), there));
  inodes.contents.endWrite(x.nodeid);
  return Math.max(0, appended);
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
