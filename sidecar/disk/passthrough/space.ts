/** Requests about where a file's data lies: preallocation, holes, copies within the volume, the volume's own figures. */
import { errno, libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { statfsOutBytes } from '../wire/sizes.js';
import { handleFd } from './handles.js';
import { dropSetIdOfOthers } from './ownership.js';
import { spendAsCaller } from './spending.js';

/** One reader thread copies at a time: longer copies are answered in part, and asked for again. */
export const copyAtOnce = 64 * 2 ** 20;
/** Byte offsets in struct statfs of 64-bit processors (statfs(2)). */
const statfsField = {
  bsize: 8,
  blocks: 16,
  bfree: 24,
  bavail: 32,
  files: 40,
  ffree: 48,
  namelen: 64,
  frsize: 72,
} as const;

/** fallocate_in: fh@0 offset@8 length@16 mode@24. Collapsing and inserting the kernel refuses before it asks. */
export function fallocate(volume: Volume, request: Exchange): number {
  const fd = handleFd(volume, request.u64(0));
  if (fd < 0) return fd;
  volume.inodes.contents.markChanged(request.nodeid);
  spendAsCaller(volume, request);
  if (libc.fallocate(fd, request.u32(24), request.position(8), request.position(16)) < 0) return -errno();
  dropSetIdOfOthers(volume, request, fd);
  return 0;
}

/** lseek_in: fh@0 offset@8 whence@16. The kernel asks for SEEK_DATA and SEEK_HOLE alone. */
export function lseek(volume: Volume, request: Exchange): number {
  const fd = handleFd(volume, request.u64(0));
  if (fd < 0) return fd;
  const found = libc.lseek(fd, request.i64Exact(8), request.u32(16));
  if (found < 0) return -errno();
  request.setExact64(0, BigInt(found));
  return 8;
}

/** copy_file_range_in: fh_in@0 off_in@8 nodeid_out@16 fh_out@24 off_out@32 len@40 flags@48; answers write_out. */
export function copyFileRange(volume: Volume, request: Exchange): number {
  const copied = copy(volume, request);
  if (copied < 0) return copied;
  request.set32(0, copied);
  request.set32(4, 0);
  return 8;
}

/** The same with a reply of 64 bits: how much was copied. */
export function copyFileRange64(volume: Volume, request: Exchange): number {
  const copied = copy(volume, request);
  if (copied < 0) return copied;
  request.set64(0, copied);
  return 8;
}

function copy(volume: Volume, request: Exchange): number {
  const from = handleFd(volume, request.u64(0));
  if (from < 0) return from;
  const to = handleFd(volume, request.u64(24));
  if (to < 0) return to;
  volume.inodes.contents.markChanged(request.u64(16));
  const { longs, address } = volume.scratch;
  const at = (volume.offsetsAddress - address) / 8;
  longs[at] = request.i64Exact(8);
  longs[at + 1] = request.i64Exact(32);
  const bytes = Math.min(request.u64(40), copyAtOnce);
  const { offsetsAddress } = volume;
  spendAsCaller(volume, request);
  const copied = libc.copyFileRange(from, offsetsAddress, to, offsetsAddress + 8, bytes, request.u32(48));
  if (copied < 0) return -errno();
  dropSetIdOfOthers(volume, request, to);
  return copied;
}

/** Answers kstatfs, of the file system that the file lies on: another may be mounted within the disk. */
export function statfs(volume: Volume, request: Exchange): number {
  const { scratch, filesystemAddress } = volume;
  const node = volume.fdOf(request.nodeid);
  const fd = node < 0 ? volume.options.rootFd : node;
  if (libc.fstatfs(fd, filesystemAddress) < 0) return -errno();
  const at = (filesystemAddress - scratch.address) / 4;
  const word = (field: number): number => scratch.unsigned[at + field / 4] ?? 0;
  request.clearPayload(statfsOutBytes);
  for (const [index, name] of (['blocks', 'bfree', 'bavail', 'files', 'ffree'] as const).entries()) {
    request.set32(index * 8, word(statfsField[name]));
    request.set32(index * 8 + 4, word(statfsField[name] + 4));
  }
  request.set32(40, word(statfsField.bsize));
  request.set32(44, word(statfsField.namelen));
  request.set32(48, word(statfsField.frsize));
  return statfsOutBytes;
}
