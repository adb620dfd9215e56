/** struct statx of the kernel -> struct fuse_attr of the protocol, word by word. */
import type { Exchange, ExchangeMemory } from './exchange.js';

/** Byte offsets in struct statx (include/uapi/linux/stat.h), the same on every processor. */
export const statx = {
  mask: 0,
  blksize: 4,
  nlink: 16,
  uid: 20,
  gid: 24,
  mode: 28,
  ino: 32,
  size: 40,
  blocks: 48,
  atime: 64,
  btime: 80,
  ctime: 96,
  mtime: 112,
  rdevMajor: 128,
  rdevMinor: 132,
  devMajor: 136,
  devMinor: 140,
} as const;

export const statxBytes = 256;
/** Of stx_mask: the file system tells when the file was made. */
const STATX_BTIME = 0x800;
const S_IFMT = 0o170000;

/** A struct statx in memory, and what we read of it. */
export class FileStat {
  readonly #at: number;
  readonly #memory: ExchangeMemory;

  constructor(
    memory: ExchangeMemory,
    readonly offset: number,
  ) {
    this.#memory = memory;
    this.#at = offset / 4;
  }

  get address(): number {
    return this.#memory.address + this.offset;
  }
  word(field: number): number {
    return this.#memory.unsigned[this.#at + field / 4] ?? 0;
  }
  get mode(): number {
    return this.word(statx.mode) & 0xffff;
  }
  /** Regular file, directory and so on: S_IFMT's bits alone. */
  get type(): number {
    return this.mode & S_IFMT;
  }
  /** Seconds and nanoseconds of its making, or null where the file system does not say. */
  get birth(): readonly [seconds: number, nanoseconds: number] | null {
    if ((this.word(statx.mask) & STATX_BTIME) === 0) return null;
    return [this.word(statx.btime), this.word(statx.btime + 8)];
  }
  get nlink(): number {
    return this.word(statx.nlink);
  }
  get uid(): number {
    return this.word(statx.uid);
  }
  get gid(): number {
    return this.word(statx.gid);
  }
  get size(): number {
    return this.word(statx.size) + this.word(statx.size + 4) * 2 ** 32;
  }
  /** What the file takes on disk. */
  get allocatedBytes(): number {
    return (this.word(statx.blocks) + this.word(statx.blocks + 4) * 2 ** 32) * 512;
  }
  /** The kernel's own packing of a device number: 12 bits of major, 20 of minor. */
  get device(): number {
    return ((this.word(statx.devMajor) << 20) | this.word(statx.devMinor)) >>> 0;
  }
}

/** Writes the 88 bytes of a fuse_attr into the payload. `inoHighOffset` is added to the inode number's upper word. */
export function setAttributes(
  request: Exchange,
  offset: number,
  stat: FileStat,
  inoHighOffset: number,
): void {
  request.set32(offset, stat.word(statx.ino));
  request.set32(offset + 4, stat.word(statx.ino + 4) + inoHighOffset);
  copy64(request, offset + 8, stat, statx.size);
  copy64(request, offset + 16, stat, statx.blocks);
  copy64(request, offset + 24, stat, statx.atime);
  copy64(request, offset + 32, stat, statx.mtime);
  copy64(request, offset + 40, stat, statx.ctime);
  request.set32(offset + 48, stat.word(statx.atime + 8));
  request.set32(offset + 52, stat.word(statx.mtime + 8));
  request.set32(offset + 56, stat.word(statx.ctime + 8));
  request.set32(offset + 60, stat.mode);
  request.set32(offset + 64, stat.nlink);
  request.set32(offset + 68, stat.uid);
  request.set32(offset + 72, stat.gid);
  request.set32(offset + 76, encodeDevice(stat.word(statx.rdevMajor), stat.word(statx.rdevMinor)));
  request.set32(offset + 80, stat.word(statx.blksize));
  request.set32(offset + 84, 0);
}

/** new_encode_dev (include/linux/kdev_t.h): how the protocol packs a device number into 32 bits. */
export const encodeDevice = (major: number, minor: number): number =>
  ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;

/** The reverse, into the 64-bit dev_t that mknod(2) takes. */
export function decodeDevice(packed: number): number {
  const major = (packed & 0xfff00) >>> 8;
  const minor = (packed & 0xff) | ((packed >>> 12) & 0xfff00);
  return (minor & 0xff) + major * 256 + (minor >>> 8) * 2 ** 20;
}

function copy64(request: Exchange, offset: number, stat: FileStat, field: number): void {
  request.set32(offset, stat.word(field));
  request.set32(offset + 4, stat.word(field + 4));
}
