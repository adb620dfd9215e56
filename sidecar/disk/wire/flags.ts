/** Bits of the protocol, by the kernel's names without their FUSE_ (include/uapi/linux/fuse.h). */

/** INIT features; those from 32 up travel in flags2. */
export const feature = {
  ASYNC_READ: 0,
  ATOMIC_O_TRUNC: 3,
  EXPORT_SUPPORT: 4,
  BIG_WRITES: 5,
  DONT_MASK: 6,
  DO_READDIRPLUS: 13,
  ASYNC_DIO: 15,
  PARALLEL_DIROPS: 18,
  POSIX_ACL: 20,
  ABORT_ERROR: 21,
  MAX_PAGES: 22,
  CACHE_SYMLINKS: 23,
  EXPLICIT_INVAL_DATA: 25,
  HANDLE_KILLPRIV_V2: 28,
  SETXATTR_EXT: 29,
  INIT_EXT: 30,
  DIRECT_IO_ALLOW_MMAP: 36,
  HAS_RESEND: 39,
} as const;

export type Feature = keyof typeof feature;

export const FOPEN_DIRECT_IO = 1;
export const FOPEN_KEEP_CACHE = 2;
export const FOPEN_NOFLUSH = 32;
export const FOPEN_PARALLEL_DIRECT_WRITES = 64;

export const FATTR_MODE = 1;
export const FATTR_UID = 2;
export const FATTR_GID = 4;
export const FATTR_SIZE = 8;
export const FATTR_ATIME = 16;
export const FATTR_MTIME = 32;
export const FATTR_FH = 64;
export const FATTR_ATIME_NOW = 128;
export const FATTR_MTIME_NOW = 256;
export const FATTR_KILL_SUIDGID = 2048;

export const GETATTR_FH = 1;
export const READ_LOCKOWNER = 2;
export const WRITE_CACHE = 1;
export const WRITE_LOCKOWNER = 2;
export const WRITE_KILL_SUIDGID = 4;
export const OPEN_KILL_SUIDGID = 1;
export const SETXATTR_ACL_KILL_SGID = 1;
export const FSYNC_FDATASYNC = 1;

export const NOTIFY_INVAL_INODE = 2;
export const NOTIFY_INVAL_ENTRY = 3;
export const EXPIRE_ONLY = 1;
export const NOTIFY_RESEND = 7;
export const NOTIFY_PRUNE = 9;
/** Bit 63 of `unique`, here bit 31 of its high word: this request was handed out once already. */
export const UNIQUE_RESEND_HIGH = 0x80000000;
