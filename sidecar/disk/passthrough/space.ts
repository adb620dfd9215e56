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
export function fallocate(volume: Volume, x: Exchange): number {
  const fd = handleFd(volume, x.u64(0));
  if (fd < 0) return fd;
  volume.inodes.contents.markChanged(x.nodeid);
  spendAsCaller(volume, x);
  if (libc.fallocate(fd, x.u32(24), x.position(8), x.position(16)) < 0) return -errno();
  dropSetIdOfOthers(volume, x, fd);
  return 0;
}

/** lseek_in: fh@0 offset@8 whence@16. The kernel asks for SEEK_DATA and SEEK_HOLE alone. */
export function lseek(volume: Volume, x: Exchange): number {
  const fd = handleFd(volume, x.u64(0));
  if (fd < 0) return fd;
  const found = libc.lseek(fd, x.i64Exact(8), x.u32(16));
  if (found < 0) return -errno();
  x.setExact64(0, BigInt(found));
  return 8;
}

/** copy_file_range_in: fh_in@0 off_in@8 nodeid_out@16 fh_out@24 off_out@32 len@40 flags@48; answers write_out. */
export function copyFileRange(volume: Volume, x: Exchange): number {
  const copied = copy(volume, x);
  if (copied < 0) return copied;
  x.set32(0, copied);
  x.set32(4, 0);
  return 8;
}

/** The same with a reply of 64 bits: how much was copied. */
export function copyFileRange64(volume: Volume, x: Exchange): number {
  const copied = copy(volume, x);
  if (copied < 0) return copied;
  x.set64(0, copied);
  return 8;
}

function copy(volume: Volume, x: Exchange): number {
  const from = handleFd(volume, x.u64(0));
  if (from < 0) return from;
  const to = handleFd(volume, x.u64(24));
  if (to < 0) return to;
  volume.inodes.contents.markChanged(x.u64(16));
  const { longs, address } = volume.scratch;
  const at = (volume.offsetsAddress - address) / 8;
  longs[at] = x.i64Exact(8);
  longs[at + 1] = x.i64Exact(32);
  const bytes = Math.min(x.u64(40), copyAtOnce);
  const { offsetsAddress } = volume;
  spendAsCaller(volume, x);
  const copied = libc.copyFileRange(from, offsetsAddress, to, offsetsAddress + 8, bytes, x.u32(48));
  if (copied < 0) return -errno();
  dropSetIdOfOthers(volume, x, to);
  return copied;
}

/** Answers kstatfs, of the file system that the file lies on: another may be mounted within the disk. */
export function statfs(volume: Volume, x: Exchange): number {
  const { scratch, filesystemAddress } = volume;
  const node = volume.fdOf(x.nodeid);
  const fd = node < 0 ? volume.options.rootFd : node;
  if (libc.fstatfs(fd, filesystemAddress) < 0) return -errno();
  const at = (filesystemAddress - scratch.address) / 4;
  const word = (field: number): number => scratch.unsigned[at + field / 4] ?? 0;
  x.clearPayload(statfsOutBytes);
  for (const [index, name] of (['blocks', 'bfree', 'bavail', 'files', 'ffree'] as const).entries()) {
    x.set32(index * 8, word(statfsField[name]));
    x.set32(index * 8 + 4, word(statfsField[name] + 4));
  }
  x.set32(40, word(statfsField.bsize));
  x.set32(44, word(statfsField.namelen));
  x.set32(48, word(statfsField.frsize));
  return statfsOutBytes;
}
