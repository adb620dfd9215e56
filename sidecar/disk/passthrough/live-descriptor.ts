/**
 * A disk beneath that goes by paths (libfuse's high level: bindfs, mergerfs) knows a descriptor by the name it was
 * opened by. Once that name is removed the descriptor leads nowhere, though the file may have others.
 *
 *     handler ─ ENOENT, ESTALE ─► is the descriptor dead? ─┬─ no ──► that is the answer, as on any other disk
 *                                                          └─ yes ─► opened by the name that is known, the same file?
 *                                                                     ├─ yes ─► put in its place; the handler again
 *                                                                     └─ no ──► ESTALE: the kernel looks up the name
 *                                                                               that it has, and asks again
 *
 * Nothing is looked at before such an error.
 */
import {
  AT_EMPTY_PATH,
  AT_STATX_FORCE_SYNC,
  O_CLOEXEC,
  S_IFDIR,
  STATX_BASIC_AND_BIRTH,
} from '../../linux/constants.js';
import { ENOENT, ESTALE } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import type { Handler } from './handler.js';
import { openAgain } from './open-again.js';

const nodeOf = (request: Exchange): number => request.nodeid;

/** A handler that goes by the descriptor of an inode: that of the request, unless `inodeOf` names another. */
export const reaching =
  (handler: Handler, inodeOf: (request: Exchange) => number = nodeOf): Handler =>
  (volume, request) => {
    const result = handler(volume, request);
    if (!isDeadEnd(result)) return result;
    const inode = inodeOf(request);
    const found = reviveFd(volume, inode);
    if (found === 'revived') return handler(volume, request);
    // A directory has one name.
    return found === 'lost' && volume.inodes.type(inode) !== S_IFDIR ? -ESTALE : result;
  };

/** Is this what comes of a descriptor that leads nowhere? */
export const isDeadEnd = (result: number): boolean => result === -ENOENT || result === -ESTALE;

/**
 * `alive`: nothing is wrong with the descriptor, or there is none. `revived`: it leads to the file again, for every
 * thread. `lost`: the name that is known leads elsewhere.
 */
export function reviveFd(volume: Volume, inode: number): 'alive' | 'revived' | 'lost' {
  const dead = volume.inodes.fds.of(inode);
  if (dead < 0 || !leadsNowhere(volume, dead)) return 'alive';
  volume.caller.comeBack();
  const live = volume.openByName(inode);
  if (live < 0) return 'lost';
  const isDone = replaceHandles(volume, inode, live) && replaceNode(volume, inode, { dead, live });
  if (isDone && volume.inodes.fds.isKept(inode)) volume.hand(inode, live);
  libc.close(live);
  return isDone ? 'revived' : 'lost';
}

/**
 * The disk itself is asked, not what the kernel remembers of it; and twice, since some tell the attributes of what is
 * open (mergerfs), but open it no more.
 */
function leadsNowhere({ empty, otherStat, filesystemAddress }: Volume, fd: number): boolean {
  const flags = AT_EMPTY_PATH | AT_STATX_FORCE_SYNC;
  const hasFailed =
    libc.statx(fd, empty, flags, STATX_BASIC_AND_BIRTH, otherStat.address) < 0 ||
    libc.fstatfs(fd, filesystemAddress) < 0;
  return hasFailed && isDeadEnd(-errno());
}

interface Replacing {
  readonly dead: number;
  readonly live: number;
}

const replaceNode = (volume: Volume, inode: number, { dead, live }: Replacing): boolean =>
  volume.inodes.fds.replace(inode, dead, () => put(live, dead));

/**
 * To such a disk two names are two files, each with pages of its own: what is open by the one would not see what is
 * written by the other. So whatever is open goes on by the name that the file is reached by from now on.
 */
function replaceHandles(volume: Volume, inode: number, node: number): boolean {
  const { inodes, handles } = volume;
  if (inodes.use.opens(inode) === 0) return true;
  for (const fh of handles.all()) {
    const before = { fd: handles.fd(fh), inode: handles.inode(fh), flags: handles.flags(fh) };
    if (before.inode !== inode || before.fd < 0) continue;
    const live = openAgain(volume, fh, node);
    if (live < 0) return false;
    // A handle that is another by now was closed meanwhile.
    handles.replaceFd(fh, before, () => put(live, before.fd));
    libc.close(live);
  }
  return true;
}

/** All threads have the same descriptors: one that is using this number goes on with what it has taken. */
const put = (live: number, number: number): boolean => libc.dup3(live, number, O_CLOEXEC) >= 0;
