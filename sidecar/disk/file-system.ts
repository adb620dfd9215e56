/** What the file system beneath does in its own way. */
import { libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';

export interface FileSystem {
  /** Does it say of a file when it was made (statx(2), stx_btime), by this machine's clock, and always the same? */
  readonly keepsBirth: boolean;
  /** Are blocks set aside that root alone is given? */
  readonly reservesBlocks: boolean;
}

/** f_type of statfs(2). Not overlayfs: there a file is another one once it was copied up. */
const magic = {
  ext4: 0xef53,
  xfs: 0x58465342,
  btrfs: 0x9123683e,
  tmpfs: 0x01021994,
  f2fs: 0xf2f52010,
} as const;
const keepingBirth: ReadonlySet<number> = new Set(Object.values(magic));

/** Byte offsets in struct statfs of 64-bit processors. */
const statfsField = { type: 0, bfree: 24, bavail: 32 } as const;

const unknown: FileSystem = { keepsBirth: false, reservesBlocks: false };

export function fileSystemOf(fd: number): FileSystem {
  const memory = allocate(4096);
  const failed = libc.fstatfs(fd, memory.address) < 0;
  const long = (at: number): bigint => memory.longs[at / 8] ?? 0n;
  const type = Number(long(statfsField.type));
  const free = long(statfsField.bfree);
  const available = long(statfsField.bavail);
  libc.munmap(memory.address, 4096);
  if (failed) return unknown;
  return { keepsBirth: keepingBirth.has(type), reservesBlocks: type === magic.ext4 && free !== available };
}
