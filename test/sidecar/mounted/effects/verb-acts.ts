/** For each operation a fault can be on, a call that makes the kernel ask for it. `access` and `syncfs` it asks of no mount of this sort. */
import {
  chmodSync,
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  statfsSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import type { DiskVerb } from '../../../../faults/operation.js';
import { openDirectory } from '../libc/directory-stream.js';
import { copyFileRange, fallocate, lseek, mknod, O_TMPFILE, SEEK_DATA } from '../libc/files.js';
import { getXattr, listXattrs, removeXattr, setXattr } from '../libc/xattrs.js';

export interface VerbAct {
  /** Done before the fault is armed; what it returns is a descriptor. */
  readonly prepare: (directory: string) => number;
  readonly act: (directory: string, fd: number) => unknown;
}

export const verbActs: Readonly<Record<Exclude<DiskVerb, 'access' | 'syncfs'>, VerbAct>> = {
  lookup: { prepare: file, act: (directory) => statSync(`${directory}/file`) },
  getattr: { prepare: file, act: (_directory, fd) => fstatSync(fd) },
  setattr: { prepare: file, act: (_directory, fd) => ftruncateSync(fd, 1) },
  readlink: { prepare: link, act: (directory) => readlinkSync(`${directory}/link`) },
  symlink: { prepare: nothing, act: (directory) => symlinkSync('x', `${directory}/link`) },
  mknod: { prepare: nothing, act: (directory) => mknod(`${directory}/fifo`, 0o010644, 0) },
  mkdir: { prepare: nothing, act: (directory) => mkdirSync(`${directory}/directory`) },
  unlink: { prepare: file, act: (directory) => unlinkSync(`${directory}/file`) },
  rmdir: { prepare: child, act: (directory) => rmdirSync(`${directory}/child`) },
  rename: { prepare: file, act: (directory) => renameSync(`${directory}/file`, `${directory}/renamed`) },
  link: { prepare: file, act: (directory) => linkSync(`${directory}/file`, `${directory}/hard`) },
  open: { prepare: file, act: (directory) => readFileSync(`${directory}/file`) },
  create: { prepare: nothing, act: (directory) => writeFileSync(`${directory}/created`, '') },
  tmpfile: { prepare: child, act: (directory) => closeSync(openSync(`${directory}/child`, O_TMPFILE | 2)) },
  read: { prepare: file, act: (_directory, fd) => readSync(fd, Buffer.alloc(3), 0, 3, 0) },
  write: { prepare: file, act: (_directory, fd) => writeSync(fd, 'x', 0) },
  flush: { prepare: file, act: (directory) => closeSync(openSync(`${directory}/file`, 'r')) },
  fsync: { prepare: file, act: (_directory, fd) => fsyncSync(fd) },
  fsyncdir: { prepare: childDescriptor, act: (_directory, fd) => fsyncSync(fd) },
  statfs: { prepare: file, act: (directory) => statfsSync(`${directory}/file`) },
  opendir: { prepare: child, act: (directory) => readdirSync(`${directory}/child`) },
  readdir: { prepare: child, act: (directory) => list(`${directory}/child`) },
  setxattr: { prepare: file, act: (directory) => setXattr(`${directory}/file`, 'user.x', 'y') },
  getxattr: { prepare: file, act: (directory) => getXattr(`${directory}/file`, 'user.name') },
  listxattr: { prepare: file, act: (directory) => listXattrs(`${directory}/file`) },
  removexattr: { prepare: file, act: (directory) => removeXattr(`${directory}/file`, 'user.name') },
  fallocate: { prepare: file, act: (_directory, fd) => fallocate(fd, 0, 0, 10_000) },
  lseek: { prepare: file, act: (_directory, fd) => lseek(fd, 0, SEEK_DATA) },
  copy_file_range: { prepare: file, act: (_directory, fd) => copyFileRange(fd, 0, fd, 100, 3) },
};

function nothing(): number {
  return -1;
}

function file(directory: string): number {
  writeFileSync(`${directory}/file`, 'content');
  setXattr(`${directory}/file`, 'user.name', 'value');
  chmodSync(`${directory}/file`, 0o644);
  return openSync(`${directory}/file`, 'r+');
}

function link(directory: string): number {
  symlinkSync('target', `${directory}/link`);
  return -1;
}

function child(directory: string): number {
  mkdirSync(`${directory}/child`);
  return -1;
}

function childDescriptor(directory: string): number {
  mkdirSync(`${directory}/child`);
  return openSync(`${directory}/child`, 'r');
}

function list(path: string): number {
  const stream = openDirectory(path);
  try {
    return stream.rest().length;
  } finally {
    stream.close();
  }
}
