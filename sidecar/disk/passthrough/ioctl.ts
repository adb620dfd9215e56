/**
 * The ioctls of chattr(1) and project quotas, which the kernel asks for once it has checked who may; any other is
 * refused as by a file system that has none.
 */
import { ENOTTY } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import { allocate } from '../../linux/memory.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { attributesAlone, writeInvalInode } from '../wire/notifications.js';
import { handleFd } from './handles.js';

/** FS_IOC_GETFLAGS, SETFLAGS, FSGETXATTR, FSSETXATTR (include/uapi/linux/fs.h): how much each moves, and whether out. */
const known: ReadonlyMap<number, { readonly bytes: number; readonly reads: boolean }> = new Map([
  [0x80086601, { bytes: 8, reads: true }],
  [0x40086602, { bytes: 8, reads: false }],
  [0x801c581f, { bytes: 28, reads: true }],
  [0x401c5820, { bytes: 28, reads: false }],
]);
/** fuse_ioctl_out: result, flags, in_iovs, out_iovs. */
const outBytes = 16;

/** fuse_ioctl_in: fh@0 flags@8 cmd@12 arg@16 in_size@24 out_size@28; the data at 32. */
export function ioctl(volume: Volume, request: Exchange): number {
  const fd = handleFd(volume, request.u64(0));
  if (fd < 0) return fd;
  const command = known.get(request.u32(12));
  if (!command) return -ENOTTY;
  request.clearPayload(outBytes + 32);
  const data = command.reads ? request.payload + outBytes : request.argument(32);
  if (libc.ioctl(fd, request.u32(12), data) < 0) return -errno();
  if (!command.reads) forgetAttributes(volume, request.nodeid);
  return outBytes + (command.reads ? Math.min(command.bytes, request.u32(28)) : 0);
}

const notice = allocate(4096);

/** Flags that were set moved ctime, which the kernel does not know of. It waits for nothing with attributes alone. */
function forgetAttributes(volume: Volume, inode: number): void {
  const length = writeInvalInode(notice, { inode, offset: attributesAlone, bytes: 0 });
  libc.write(volume.options.deviceFd, notice.address, length);
}
