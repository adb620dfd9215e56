/** Requests that read and change attributes. */
import { AT_EMPTY_PATH, UTIME_NOW, UTIME_OMIT } from '../../linux/constants.js';
import { errno, libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import { statx as field, statxBytes } from '../wire/attributes.js';
import type { Exchange } from '../wire/exchange.js';
import {
  FATTR_ATIME,
  FATTR_ATIME_NOW,
  FATTR_FH,
  FATTR_GID,
  FATTR_KILL_SUIDGID,
  FATTR_MODE,
  FATTR_MTIME,
  FATTR_MTIME_NOW,
  FATTR_SIZE,
  FATTR_UID,
  GETATTR_FH,
} from '../wire/flags.js';
import { type Handler, validSeconds } from './handler.js';
import { handleFd } from './handles.js';
import { reaching } from './live-descriptor.js';
import { dropSetId } from './ownership.js';
import { replyAttributes } from './reply.js';

const inoHigh = field.ino + 4;
const KEEP = 0xffffffff;
const anyChange = FATTR_MODE | FATTR_UID | FATTR_GID | FATTR_SIZE | FATTR_ATIME | FATTR_MTIME;

/** getattr_in: flags u32@0, fh u64@8. */
export function getattr(volume: Volume, request: Exchange): number {
  const result = statNode(volume, request, (request.u32(0) & GETATTR_FH) !== 0 ? request.u64(8) : 0);
  return result < 0 ? result : replyAttributes(volume, request);
}

/** statx_in: getattr_flags u32@0, fh u64@8. The reply ends with the kernel's own struct statx. */
export function statx(volume: Volume, request: Exchange): number {
  const result = statNode(volume, request, (request.u32(0) & GETATTR_FH) !== 0 ? request.u64(8) : 0);
  if (result < 0) return result;
  request.clearPayload(32);
  request.set32(0, validSeconds(volume, request.nodeid));
  const { bytes } = volume.scratch;
  request.payloadBytes.set(bytes.subarray(volume.stat.offset, volume.stat.offset + statxBytes), 32);
  request.set32(32 + inoHigh, volume.stat.word(inoHigh) + volume.devices.inoHighOffset(volume.stat.device));
  return 32 + statxBytes;
}

function statNode(volume: Volume, request: Exchange, fh: number): number {
  if (fh === 0) return volume.statOf(request.nodeid, volume.stat);
  const fd = handleFd(volume, fh);
  return fd < 0 ? fd : volume.statFd(fd, volume.stat);
}

/** setattr_in: valid@0 fh@8 size@16 atime@32 mtime@40 nsec@56,60 mode@68 uid@76 gid@80. */
export function setattr(volume: Volume, request: Exchange): number {
  const valid = request.u32(0);
  const fd = volume.fdOf(request.nodeid);
  if (fd < 0) return fd;
  const result =
    setMode(volume, request, valid, fd) ||
    setOwner(volume, request, valid, fd) ||
    setSize(volume, request, valid, fd) ||
    setTimes(volume, request, valid, fd);
  if (result < 0) return result;
  const shown = volume.statFd(fd, volume.stat);
  return shown < 0 ? shown : replyAttributes(volume, request);
}

function setMode(volume: Volume, request: Exchange, valid: number, fd: number): number {
  if ((valid & FATTR_MODE) === 0) return 0;
  return libc.chmod(volume.procPath(fd), request.u32(68) & 0o7777) < 0 ? -errno() : 0;
}

function setOwner(volume: Volume, request: Exchange, valid: number, fd: number): number {
  if ((valid & anyChange) === 0) return disown(volume, request, fd);
  if ((valid & (FATTR_UID | FATTR_GID)) === 0) return 0;
  const uid = valid & FATTR_UID ? request.u32(76) : KEEP;
  const gid = valid & FATTR_GID ? request.u32(80) : KEEP;
  return libc.fchownat(fd, volume.empty, uid, gid, AT_EMPTY_PATH) < 0 ? -errno() : 0;
}

/**
 * A chown(2) that names neither user nor group reaches us as a change of nothing; so does what precedes a write
 * to a setuid file, which then says itself that the bits must go. From the owner and root it is carried out:
 * beneath, it takes the bits away and moves ctime. Nobody else may.
 */
function disown(volume: Volume, request: Exchange, fd: number): number {
  const result = volume.statFd(fd, volume.stat);
  if (result < 0 || (request.uid !== 0 && request.uid !== volume.stat.uid)) return result;
  return libc.fchownat(fd, volume.empty, KEEP, KEEP, AT_EMPTY_PATH) < 0 ? -errno() : 0;
}

function setSize(volume: Volume, request: Exchange, valid: number, fd: number): number {
  if ((valid & FATTR_SIZE) === 0) return 0;
  volume.inodes.contents.markChanged(request.nodeid);
  const handle = valid & FATTR_FH ? handleFd(volume, request.u64(8)) : -1;
  const size = request.position(16);
  const result = handle >= 0 ? libc.ftruncate(handle, size) : libc.truncate(volume.procPath(fd), size);
  if (result < 0) return -errno();
  if (valid & FATTR_KILL_SUIDGID) dropSetId(volume, request, fd);
  return 0;
}

/** Two struct timespec {sec i64, nsec i64}: atime, mtime. */
function setTimes(volume: Volume, request: Exchange, valid: number, fd: number): number {
  if ((valid & (FATTR_ATIME | FATTR_MTIME)) === 0) return 0;
  const { longs } = volume.scratch;
  const at = (volume.timesAddress - volume.scratch.address) / 8;
  longs[at] = request.i64Exact(32);
  longs[at + 1] = BigInt(nanoseconds(valid, FATTR_ATIME, FATTR_ATIME_NOW, request.u32(56)));
  longs[at + 2] = request.i64Exact(40);
  longs[at + 3] = BigInt(nanoseconds(valid, FATTR_MTIME, FATTR_MTIME_NOW, request.u32(60)));
  if (valid & FATTR_MTIME) volume.inodes.contents.markChanged(request.nodeid);
  return libc.utimensat(fd, volume.empty, volume.timesAddress, AT_EMPTY_PATH) < 0 ? -errno() : 0;
}

function nanoseconds(valid: number, set: number, now: number, given: number): number {
  if ((valid & set) === 0) return UTIME_OMIT;
  return valid & now ? UTIME_NOW : given;
}

/** Only without `default_permissions` would the kernel ask; a file that is there may be asked for. */
export const access: Handler = reaching((volume, request) => volume.statOf(request.nodeid, volume.stat));
