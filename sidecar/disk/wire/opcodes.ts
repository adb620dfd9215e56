/** enum fuse_opcode, and which verb of the language each is (include/uapi/linux/fuse.h). */

export const opcode = {
  LOOKUP: 1,
  FORGET: 2,
  GETATTR: 3,
  SETATTR: 4,
  READLINK: 5,
  SYMLINK: 6,
  MKNOD: 8,
  MKDIR: 9,
  UNLINK: 10,
  RMDIR: 11,
  RENAME: 12,
  LINK: 13,
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  STATFS: 17,
  RELEASE: 18,
  FSYNC: 20,
  SETXATTR: 21,
  GETXATTR: 22,
  LISTXATTR: 23,
  REMOVEXATTR: 24,
  FLUSH: 25,
  INIT: 26,
  OPENDIR: 27,
  READDIR: 28,
  RELEASEDIR: 29,
  FSYNCDIR: 30,
  GETLK: 31,
  SETLK: 32,
  SETLKW: 33,
  ACCESS: 34,
  CREATE: 35,
  INTERRUPT: 36,
  BMAP: 37,
  DESTROY: 38,
  IOCTL: 39,
  POLL: 40,
  BATCH_FORGET: 42,
  FALLOCATE: 43,
  READDIRPLUS: 44,
  RENAME2: 45,
  LSEEK: 46,
  COPY_FILE_RANGE: 47,
  SYNCFS: 50,
  TMPFILE: 51,
  STATX: 52,
  COPY_FILE_RANGE_64: 53,
} as const;

/** One more than the highest: the size of tables indexed by opcode. */
export const opcodeCount = 54;

/** Requests that the kernel never waits for: an answer would be a protocol error. */
export const isUnanswered = (op: number): boolean =>
  op === opcode.FORGET || op === opcode.BATCH_FORGET || op === opcode.INTERRUPT;

/** Requests that wait until the disk has everything. */
export const isSync = (op: number): boolean =>
  op === opcode.FSYNC || op === opcode.FSYNCDIR || op === opcode.SYNCFS;

const named: readonly string[] = (() => {
  const names = new Array<string>(opcodeCount).fill('');
  for (const [name, number] of Object.entries(opcode)) names[number] = name;
  return names;
})();

/** `READ` for 15. */
export const opcodeName = (op: number): string => named[op] || `opcode ${op}`;
