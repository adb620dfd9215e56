/** Requests that open and close files. */

import {
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_TMPFILE,
  O_TRUNC,
  S_IFREG,
} from '../../linux/constants.js';
import { EEXIST, ENFILE, ESTALE } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import { handleHow } from '../state/handle-table.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import {
  FOPEN_DIRECT_IO,
  FOPEN_KEEP_CACHE,
  FOPEN_NOFLUSH,
  FOPEN_PARALLEL_DIRECT_WRITES,
  OPEN_KILL_SUIDGID,
} from '../wire/flags.js';
import { entryOutBytes, openOutBytes } from '../wire/sizes.js';
import { openToWrite } from './append-only.js';
import { newFile, openAppeared } from './new-file.js';
import { createMode, dropSetId, inCallersName, ownFd } from './ownership.js';
import { setEntry } from './reply.js';

/** Of a file that is made, O_APPEND is the kernel's own too: append-only.ts says why. */
const kernelsOwn = O_APPEND | O_CREAT | O_EXCL;

/** open_in: flags@0 open_flags@4. */
export function open(volume: Volume, request: Exchange): number {
  if (!volume.descriptors.admitsFile()) return -ENFILE;
  const node = volume.fdOf(request.nodeid);
  if (node < 0) return node;
  // What was replaced by another type keeps another number; opening a FIFO could wait for good.
  if (volume.inodes.type(request.nodeid) !== S_IFREG) return -ESTALE;
  const flags = request.u32(0) & ~(O_CREAT | O_EXCL | O_NOFOLLOW);
  const fd = openToWrite(volume.procPath(node), flags);
  if (fd < 0) return fd;
  const isOurs = volume.inodes.contents.takeChanged(request.nodeid) || (flags & O_TRUNC) !== 0;
  if (request.u32(4) & OPEN_KILL_SUIDGID) dropSetId(volume, request, fd);
  if (volume.statFd(fd, volume.stat) < 0) return abandon(fd, -errno());
  return replyOpen(volume, request, { offset: 0, slot: request.nodeid, fd, flags, isOurs });
}

/** create_in: flags@0 mode@4 umask@8 open_flags@12, name@16. Answers an entry and an open. */
export function create(volume: Volume, request: Exchange): number {
  if (!volume.descriptors.admitsFile()) return -ENFILE;
  const parent = volume.fdOf(request.nodeid);
  if (parent < 0) return parent;
  const asked = request.u32(0);
  const flags = (asked & ~kernelsOwn) | O_NOFOLLOW | O_CLOEXEC;
  const mode = createMode(volume, parent, request.u32(4), request.u32(8)) & 0o7777;
  const wanted = { parent, name: request.argument(16), flags, mode };
  let { fd, fresh } = newFile(volume, request, wanted);
  if (fd === -EEXIST && (asked & O_EXCL) === 0) fd = openAppeared(volume, request, wanted);
  return fd < 0 ? fd : replyCreated(volume, request, { fd, flags, name: request.name(16), fresh });
}

/** As CREATE, without a name: open(2) with O_TMPFILE. */
export function tmpfile(volume: Volume, request: Exchange): number {
  if (!volume.descriptors.admitsFile()) return -ENFILE;
  const parent = volume.fdOf(request.nodeid);
  if (parent < 0) return parent;
  const flags = (request.u32(0) & ~(O_APPEND | O_CREAT | O_NOFOLLOW)) | O_TMPFILE | O_CLOEXEC;
  const mode = createMode(volume, parent, request.u32(4), request.u32(8)) & 0o7777;
  const fd = inCallersName(volume, request, () => {
    const opened = libc.openat(parent, volume.here, flags, mode);
    return opened < 0 ? -errno() : opened;
  });
  if (fd < 0) return fd;
  const result = volume.statFd(fd, volume.stat) || ownFd(volume, request, parent, fd);
  if (result < 0) return abandon(fd, result);
  return replyCreated(volume, request, {
    fd,
    flags: flags & ~O_TMPFILE,
    name: new Uint8Array(),
    fresh: true,
  });
}

interface Created {
  readonly fd: number;
  readonly flags: number;
  readonly name: Uint8Array;
  readonly fresh: boolean;
}

function replyCreated(volume: Volume, request: Exchange, { fd, flags, name, fresh }: Created): number {
  const slot = volume.inodes.remember(volume.stat, request.nodeid, name, fresh);
  if (slot === 0) return abandon(fd, -ENFILE);
  volume.slowGrowth();
  if (name.length === 0) keepNameless(volume, slot, fd);
  setEntry(volume, request, 0, slot);
  const isOurs = volume.inodes.contents.takeChanged(slot);
  const result = replyOpen(volume, request, { offset: entryOutBytes, slot, fd, flags, isOurs });
  return result < 0 ? result : entryOutBytes + result;
}

/** What has no name can be reached by a descriptor alone. */
function keepNameless(volume: Volume, slot: number, fd: number): void {
  const node = libc.open(volume.procPath(fd), O_PATH | O_CLOEXEC, 0);
  if (node >= 0) volume.keep(slot, volume.pin(slot, node));
}

interface Opened {
  readonly offset: number;
  readonly slot: number;
  readonly fd: number;
  readonly flags: number;
  /** Whatever changed since it was last seen was changed through us. */
  readonly isOurs: boolean;
}

/**
 * fuse_open_out. The page cache stays when the file is as it was when we last looked. Of a file with several names
 * the holder keeps a descriptor: the one we know it by may go away unseen.
 */
function replyOpen(volume: Volume, request: Exchange, { offset, slot, fd, flags, isOurs }: Opened): number {
  const unchanged = volume.inodes.use.unchangedSince(slot, volume.stat) || isOurs;
  const direct = volume.readsAreFaulted(slot);
  const how = direct ? handleHow.direct : 0;
  const fh = volume.addHandle({
    fd,
    inode: slot,
    flags: flags & ~O_TRUNC,
    how,
    uid: request.uid,
    gid: request.gid,
  });
  if (fh === 0) return abandon(fd, -ENFILE);
  if (volume.stat.nlink > 1) volume.keep(slot, volume.fdOf(slot));
  volume.inodes.use.markCached(slot);
  request.set64(offset, fh);
  // Any other open has the kernel drop the file's pages.
  if ((direct || !unchanged) && volume.inodes.contents.isInPageCache(slot)) volume.pageDrops.note(slot);
  request.set32(offset + 8, openFlags(volume, direct, unchanged));
  request.set32(offset + 12, 0);
  return openOutBytes;
}

function openFlags(volume: Volume, direct: boolean, unchanged: boolean): number {
  const cache = direct ? FOPEN_DIRECT_IO : unchanged ? FOPEN_KEEP_CACHE : 0;
  const flush = volume.flushIsFaulted() ? 0 : FOPEN_NOFLUSH;
  return cache | flush | FOPEN_PARALLEL_DIRECT_WRITES;
}

/** release_in: fh@0. A resent release whose handle is freed already must not close another's. */
export function release(volume: Volume, request: Exchange): number {
  const fh = request.u64(0);
  const { handles, options } = volume;
  if (options.intents.begunBefore(request)?.[0] === 1 || !handles.has(fh)) return 0;
  options.intents.begin(request);
  options.intents.note(1);
  volume.removeHandle(fh);
  return 0;
}

/**
 * close(2) of one descriptor: nothing is held back here that it could report. The kernel is told at the open not to
 * ask, unless a fault on flush is armed; so a close never waits for a fault proxy that is being started again.
 */
export const flush = (): number => 0;

function abandon(fd: number, result: number): number {
  libc.close(fd);
  return result;
}
