/** Which handler answers which opcode. What is not here is answered ENOSYS, which the kernel remembers for good. */
import { opcode, opcodeCount } from '../wire/opcodes.js';
import { access, getattr, setattr, statx } from './attributes.js';
import { read, sync, write } from './data.js';
import { opendir, readdir, readdirplus } from './directories.js';
import type { Handler } from './handler.js';
import { ioctl } from './ioctl.js';
import { reaching } from './live-descriptor.js';
import { batchForget, forget, lookup, readlink, rename, rename2, rmdir, unlink } from './names.js';
import { link, linked, mkdir, mknod, symlink } from './new-names.js';
import { create, flush, open, release, tmpfile } from './open.js';
import { copyFileRange, copyFileRange64, fallocate, lseek, statfs } from './space.js';
import { getxattr, listxattr, removexattr, setxattr } from './xattrs.js';

const byName: Partial<Record<keyof typeof opcode, Handler>> = {
  LOOKUP: lookup,
  FORGET: forget,
  BATCH_FORGET: batchForget,
  GETATTR: reaching(getattr),
  SETATTR: reaching(setattr),
  STATX: reaching(statx),
  ACCESS: access,
  READLINK: reaching(readlink),
  SYMLINK: symlink,
  MKNOD: mknod,
  MKDIR: mkdir,
  UNLINK: unlink,
  RMDIR: rmdir,
  RENAME: rename,
  RENAME2: rename2,
  LINK: reaching(link, linked),
  OPEN: reaching(open),
  CREATE: create,
  TMPFILE: tmpfile,
  READ: read,
  WRITE: write,
  FLUSH: flush,
  RELEASE: release,
  RELEASEDIR: release,
  FSYNC: sync,
  FSYNCDIR: sync,
  SYNCFS: sync,
  STATFS: statfs,
  OPENDIR: opendir,
  READDIR: readdir,
  READDIRPLUS: readdirplus,
  SETXATTR: reaching(setxattr),
  GETXATTR: reaching(getxattr),
  LISTXATTR: reaching(listxattr),
  REMOVEXATTR: reaching(removexattr),
  FALLOCATE: fallocate,
  LSEEK: lseek,
  IOCTL: ioctl,
  COPY_FILE_RANGE: copyFileRange,
  COPY_FILE_RANGE_64: copyFileRange64,
};

/** Indexed by opcode; undefined where we have no handler. */
export const handlers: readonly (Handler | undefined)[] = (() => {
  const table = new Array<Handler | undefined>(opcodeCount).fill(undefined);
  for (const [name, handler] of Object.entries(byName)) table[opcode[name as keyof typeof opcode]] = handler;
  return table;
})();
