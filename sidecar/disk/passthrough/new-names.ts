/** Requests that make names: files, directories, links. */

import {
  AT_FDCWD,
  AT_SYMLINK_FOLLOW,
  O_WRONLY,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
} from '../../linux/constants.js';
import { EEXIST } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import { decodeDevice } from '../wire/attributes.js';
import type { Exchange } from '../wire/exchange.js';
import { isMade, now } from './made.js';
import { newFile } from './new-file.js';
import { createMode, inCallersName, own } from './ownership.js';
import { replyEntry } from './reply.js';
import { spendAsCaller } from './spending.js';

/** mknod_in: mode@0 rdev@4 umask@8, name@16. */
export function mknod(volume: Volume, request: Exchange): number {
  const parent = volume.fdOf(request.nodeid);
  if (parent < 0) return parent;
  const mode = createMode(volume, parent, request.u32(0), request.u32(8));
  const type = mode & S_IFMT;
  if (type === S_IFREG || type === 0) return makeFile(volume, request, parent, mode & 0o7777);
  return make(volume, request, { parent, type, nameAt: 16 }, (name) =>
    libc.mknodat(parent, name, mode, decodeDevice(request.u32(4))),
  );
}

/** A file is reached by its descriptor from the first moment on. */
function makeFile(volume: Volume, request: Exchange, parent: number, mode: number): number {
  const { fd, fresh } = newFile(volume, request, {
    parent,
    name: request.argument(16),
    flags: O_WRONLY,
    mode,
  });
  if (fd < 0) return fd;
  libc.close(fd);
  return replyEntry(volume, request, request.name(16), fresh);
}

/** mkdir_in: mode@0 umask@4, name@8. */
export function mkdir(volume: Volume, request: Exchange): number {
  const parent = volume.fdOf(request.nodeid);
  if (parent < 0) return parent;
  return make(volume, request, { parent, type: S_IFDIR, nameAt: 8 }, (name) =>
    libc.mkdirat(parent, name, createMode(volume, parent, request.u32(0), request.u32(4))),
  );
}

/** The name, then the target. */
export function symlink(volume: Volume, request: Exchange): number {
  const parent = volume.fdOf(request.nodeid);
  if (parent < 0) return parent;
  const target = request.argument(request.name(0).length + 1);
  return make(volume, request, { parent, type: S_IFLNK, nameAt: 0 }, (name) =>
    libc.symlinkat(target, parent, name),
  );
}

interface Making {
  readonly parent: number;
  readonly type: number;
  readonly nameAt: number;
}

function make(volume: Volume, request: Exchange, wanted: Making, call: (name: number) => number): number {
  const { parent, type, nameAt } = wanted;
  const { intents } = volume.options;
  const begun = intents.begunBefore(request);
  const since = begun ?? now();
  intents.begin(request, ...since);
  const name = request.argument(nameAt);
  const created = inCallersName(volume, request, () => (call(name) < 0 ? -errno() : 0));
  if (created < 0 && !(begun && created === -EEXIST)) return created;
  const made = { request, since, type };
  const found = volume.statAt(parent, name, volume.stat);
  if (found < 0) return found;
  const isOurs = isMade(volume, volume.stat, made);
  if (created < 0 && !isOurs) return created;
  const result = own(volume, parent, name, made);
  return result < 0 ? result : replyEntry(volume, request, request.name(nameAt), created === 0 && isOurs);
}

/** link_in: oldnodeid u64@0, newname@8; the nodeid is the new parent's. */
export function link(volume: Volume, request: Exchange): number {
  const parent = volume.fdOf(request.nodeid);
  if (parent < 0) return parent;
  const file = volume.fdOf(linked(request));
  if (file < 0) return file;
  const begun = volume.options.intents.begunBefore(request);
  volume.options.intents.begin(request);
  const name = request.argument(8);
  spendAsCaller(volume, request);
  const made = libc.linkat(AT_FDCWD, volume.procPath(file), parent, name, AT_SYMLINK_FOLLOW);
  if (made < 0 && !(begun && errno() === EEXIST)) return -errno();
  const result = volume.statAt(parent, name, volume.stat);
  return result < 0 ? result : replyEntry(volume, request, request.name(8), false);
}

/** Which inode a LINK gives another name. */
export const linked = (request: Exchange): number => request.u64(0);
