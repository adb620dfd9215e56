/** What each operation is like: every list of operations by what they do is made of this table, where none can be forgotten. */
import { type DiskVerb, diskVerbs } from './operation.js';

/** What it does: `reads`, `writes` and `syncs` data; what `transfers` has bytes that can be cut or counted. */
export type VerbTrait = 'reads' | 'writes' | 'syncs' | 'transfers' | 'grows' | 'modifies';

const traits: Readonly<Record<DiskVerb, readonly VerbTrait[]>> = {
  lookup: [],
  getattr: [],
  setattr: ['modifies'],
  readlink: [],
  symlink: ['grows', 'modifies'],
  mknod: ['grows', 'modifies'],
  mkdir: ['grows', 'modifies'],
  unlink: ['modifies'],
  rmdir: ['modifies'],
  rename: ['modifies'],
  link: ['grows', 'modifies'],
  open: [],
  create: ['grows', 'modifies'],
  tmpfile: ['grows', 'modifies'],
  read: ['reads', 'transfers'],
  write: ['writes', 'transfers', 'grows', 'modifies'],
  flush: ['syncs'],
  fsync: ['syncs'],
  fsyncdir: ['syncs'],
  syncfs: ['syncs'],
  statfs: [],
  opendir: [],
  readdir: [],
  setxattr: ['grows', 'modifies'],
  getxattr: [],
  listxattr: [],
  removexattr: ['modifies'],
  access: [],
  fallocate: ['writes', 'grows', 'modifies'],
  lseek: [],
  copy_file_range: ['reads', 'writes', 'transfers', 'grows', 'modifies'],
};

/** With any of them, in the order of `diskVerbs`. */
export const verbsThat = (...any: readonly VerbTrait[]): readonly DiskVerb[] =>
  diskVerbs.filter((verb) => traits[verb].some((trait) => any.includes(trait)));
