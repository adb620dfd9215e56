/** Making a regular file: it is the caller's from the first moment on, or becomes so by its descriptor. */
import {
  O_ACCMODE,
  O_CLOEXEC,
  O_CREAT,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_WRONLY,
  S_IFREG,
} from '../../linux/constants.js';
import { EEXIST, ESTALE } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import type { FileStat } from '../wire/attributes.js';
import type { Exchange } from '../wire/exchange.js';
import { isMade, now, type Since } from './made.js';
import { inCallersName, ownFd } from './ownership.js';

export interface FileWanted {
  readonly parent: number;
  /** The name's address. */
  readonly name: number;
  /** Of open(2), without O_CREAT and O_EXCL. */
  readonly flags: number;
  readonly mode: number;
}

export interface NewFile {
  /** Or a negated errno. */
  readonly fd: number;
  /** Made just now: a slot of its identity is of a file that is gone. */
  readonly fresh: boolean;
}

/** EEXIST where there is one already. `volume.stat` shows what was made. */
export function newFile(volume: Volume, request: Exchange, wanted: FileWanted): NewFile {
  const { parent, name, mode } = wanted;
  const { intents } = volume.options;
  const begun = intents.begunBefore(request);
  const since = begun ?? now();
  intents.begin(request, ...since);
  const flags = wanted.flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  let fd = inCallersName(volume, request, () => failing(libc.openat(parent, name, flags, mode)));
  const fresh = fd >= 0;
  if (fd === -EEXIST && begun) fd = openMade(volume, request, wanted, since);
  if (fd < 0) return { fd, fresh };
  const result = volume.statFd(fd, volume.stat) || ownFd(volume, request, parent, fd);
  if (result === 0) return { fd, fresh };
  libc.close(fd);
  return { fd: result, fresh };
}

/** What a fault proxy that died has made for this very request; EEXIST for what somebody else has. */
function openMade(volume: Volume, request: Exchange, wanted: FileWanted, since: Since): number {
  const fd = openIf(volume, wanted, (stat) => isMade(volume, stat, { request, since, type: S_IFREG }));
  return fd === -ESTALE ? -EEXIST : fd;
}

/**
 * A file that appeared since the kernel saw that there is none: nobody has checked whether the caller may open it.
 * To its owner the mode alone answers that. For anybody else ESTALE has the kernel look again, and check.
 */
export const openAppeared = (volume: Volume, request: Exchange, wanted: FileWanted): number =>
  openIf(volume, wanted, (stat) => stat.uid === request.uid && letsOwner(stat.mode, wanted.flags));

/** S_IRUSR and S_IWUSR. */
const readBit = 0o400;
const writeBit = 0o200;

function letsOwner(mode: number, flags: number): boolean {
  const access = flags & O_ACCMODE;
  const needed = (access === O_WRONLY ? 0 : readBit) | (access === O_RDONLY ? 0 : writeBit);
  return (mode & needed) === needed;
}

/** ESTALE where it is not a regular file, or not as it should be. */
function openIf(volume: Volume, wanted: FileWanted, isRight: (stat: FileStat) => boolean): number {
  const node = libc.openat(wanted.parent, wanted.name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  if (node < 0) return -ESTALE;
  const { stat } = volume;
  const isFile = volume.statFd(node, stat) === 0 && stat.type === S_IFREG;
  const flags = (wanted.flags & ~O_NOFOLLOW) | O_CLOEXEC;
  const fd = isFile && isRight(stat) ? failing(libc.open(volume.procPath(node), flags, 0)) : -ESTALE;
  libc.close(node);
  return fd;
}

const failing = (result: number): number => (result < 0 ? -errno() : result);
