/** What requests carry after their headers. */
import { opcode } from './opcodes.js';

/** A name and its NUL are two bytes at least. */
const name = 2;

/** The least; a shorter request is malformed and answered EINVAL. */
export const argumentBytes: Readonly<Record<number, number>> = {
  [opcode.LOOKUP]: name,
  [opcode.FORGET]: 8,
  [opcode.BATCH_FORGET]: 8,
  [opcode.GETATTR]: 16,
  [opcode.SETATTR]: 88,
  [opcode.STATX]: 24,
  [opcode.SYMLINK]: name + name,
  [opcode.MKNOD]: 16 + name,
  [opcode.MKDIR]: 8 + name,
  [opcode.UNLINK]: name,
  [opcode.RMDIR]: name,
  [opcode.RENAME]: 8 + name + name,
  [opcode.RENAME2]: 16 + name + name,
  [opcode.LINK]: 8 + name,
  [opcode.OPEN]: 8,
  [opcode.CREATE]: 16 + name,
  [opcode.TMPFILE]: 16,
  [opcode.READ]: 40,
  [opcode.WRITE]: 40,
  [opcode.RELEASE]: 24,
  [opcode.RELEASEDIR]: 24,
  [opcode.FLUSH]: 24,
  [opcode.FSYNC]: 16,
  [opcode.FSYNCDIR]: 16,
  [opcode.OPENDIR]: 8,
  [opcode.READDIR]: 40,
  [opcode.READDIRPLUS]: 40,
  [opcode.SETXATTR]: 8 + name,
  [opcode.GETXATTR]: 8 + name,
  [opcode.LISTXATTR]: 8,
  [opcode.REMOVEXATTR]: name,
  [opcode.ACCESS]: 8,
  [opcode.FALLOCATE]: 32,
  [opcode.LSEEK]: 24,
  [opcode.IOCTL]: 32,
  [opcode.COPY_FILE_RANGE]: 56,
  [opcode.COPY_FILE_RANGE_64]: 56,
};

/** Where the name begins, by opcode; absent: it has none. */
export const nameAt: Readonly<Record<number, number>> = {
  [opcode.LOOKUP]: 0,
  [opcode.SYMLINK]: 0,
  [opcode.MKNOD]: 16,
  [opcode.MKDIR]: 8,
  [opcode.UNLINK]: 0,
  [opcode.RMDIR]: 0,
  [opcode.RENAME]: 8,
  [opcode.RENAME2]: 16,
  [opcode.LINK]: 8,
  [opcode.CREATE]: 16,
};

const otherInode: ReadonlySet<number> = new Set([opcode.COPY_FILE_RANGE, opcode.COPY_FILE_RANGE_64]);

/** Is the header's nodeid all that such a request names? */
export const isAboutOneInode = (op: number): boolean => nameAt[op] === undefined && !otherInode.has(op);
