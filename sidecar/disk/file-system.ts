/** What the file system beneath does in its own way. */
import { libc } from '../linux/libc.js';
import { allocate } from '../linux/memory.js';

export interface FileSystem {
  /** Does it say of a file when it was made (statx(2), stx_btime), by this machine's clock, and always the same? */
  readonly keepsBirth: boolean;
  /** Is root given blocks that others are refused: those that are kept for it, or more than a quota? */
  readonly favoursRoot: boolean;
}

/** f_type of statfs(2); ext2 and ext3 have that of ext4. Not overlayfs: there a file is another one once it was copied up. */
const magic = {
  ext4: 0xef53,
  xfs: 0x58465342,
  btrfs: 0x9123683e,
  tmpfs: 0x01021994,
  f2fs: 0xf2f52010,
} as const;
const keepingBirth: ReadonlySet<number> = new Set(Object.values(magic));
/** How much is kept may change while the disk is mounted (`tune2fs -m`), so that is not asked. */
const favouringRoot: ReadonlySet<number> = new Set([magic.ext4, magic.f2fs]);

/** `f_type` comes first in struct statfs of 64-bit processors. */
const typeAt = 0;

export function fileSystemOf(fd: number): FileSystem {
  const memory = allocate(4096);
  const failed = libc.fstatfs(fd, memory.address) < 0;
  const type = failed ? 0 : Number(memory.longs[typeAt / 8] ?? 0n);
  libc.munmap(memory.address, 4096);
  return { keepsBirth: keepingBirth.has(type), favoursRoot: favouringRoot.has(type) };
}
