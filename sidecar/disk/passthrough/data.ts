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
export function read(volume: Volume, request: Exchange): number {
  const fd = handleFd(volume, request.u64(0));
  if (fd < 0) return fd;
  if (fillsPageCache(request)) volume.inodes.contents.markInPageCache(request.nodeid);
  const bytes = Math.min(request.u32(16), maxWriteBytes);
  const position = request.position(8);
  const cached = volume.cachedRead.read(fd, request.payload, bytes, position);
  if (cached === bytes) return bytes;
  volume.beforeLongWait();
  if (fillsPageCache(request))
    return readWhole(volume, request, { fd, address: request.payload, bytes, position }, cached);
  const rest = libc.pread(fd, request.payload + cached, bytes - cached, after(position, cached));
  if (rest >= 0) return cached + rest;
  return cached > 0 ? cached : -errno();
}

/** write_in: fh@0 offset@8 size@16 write_flags@20 flags@32; the data at 40. */
export function write(volume: Volume, request: Exchange): number {
  const fd = handleFd(volume, request.u64(0));
  if (fd < 0) return fd;
  const bytes = request.u32(16);
  if (request.length < 80 + bytes) return -EINVAL;
  if (isCacheWrittenBack(request)) volume.inodes.use.markStoredInto(request.nodeid);
  if (!goesPastPageCache(request)) volume.inodes.contents.markInPageCache(request.nodeid);
  const [address, position] = [request.argument(40), request.position(8)];
  const transfer = { fd, address, bytes, position };
  const there = appendedBefore(volume, request, transfer);
  spendAsWriter(volume, request);
  if (there > 0) return replyWritten(request, there + appendRest(volume, request, fd, there));
  volume.inodes.contents.beginWrite(request.nodeid);
  const once = negated(libc.pwrite(fd, address, bytes, position));
  const isDone = once === bytes || isCountTold(volume, request) || (once < 0 && !isCacheWrittenBack(request));
  const first = isDone ? once : writeWhole(volume, request, transfer, once);
  const written = first < 0 ? otherwise(volume, request, transfer, first) : first;
  volume.inodes.contents.endWrite(request.nodeid);
  if (request.u32(20) & WRITE_KILL_SUIDGID && (written > 0 || once > 0)) dropSetId(volume, request, fd);
  return written < 0 ? written : replyWritten(request, written);
}

const otherwise = (volume: Volume, request: Exchange, transfer: Transfer, refused: number): number =>
  asOtherOpeners(volume, request, refused, () => {
    const { fd, address, bytes, position } = transfer;
    return writeWhole(volume, request, transfer, negated(libc.pwrite(fd, address, bytes, position)));
  });

function replyWritten(request: Exchange, bytes: number): number {
  request.set32(0, bytes);
  request.set32(4, 0);
  return 8;
}

function appendRest({ inodes }: Volume, request: Exchange, fd: number, there: number): number {
  inodes.contents.beginWrite(request.nodeid);
  const appended = libc.pwrite(
    fd,
    request.argument(40 + there),
    request.u32(16) - there,
    after(request.position(8), there),
  );
  inodes.contents.endWrite(request.nodeid);
  return Math.max(0, appended);
}

/** fsync_in: fh@0 flags@8. For FSYNCDIR and SYNCFS too. */
export function sync(volume: Volume, request: Exchange): number {
  const { call, fd } = syncOf(volume, request);
  if (fd < 0) return fd;
  return call(fd) < 0 ? -errno() : 0;
}

/** The call that makes it durable, and of which descriptor; a negated errno where there is none. */
export interface Sync {
  readonly call: typeof libc.fsync;
  readonly fd: number;
}

export function syncOf(volume: Volume, request: Exchange): Sync {
  if (request.opcode === opcode.SYNCFS) return { call: libc.syncfs, fd: volume.options.rootFd };
  const isDataOnly = (request.u32(8) & FSYNC_FDATASYNC) !== 0;
  return { call: isDataOnly ? libc.fdatasync : libc.fsync, fd: handleFd(volume, request.u64(0)) };
}
