/**
 * Which mount is which. The path does not say it: what lies there may be another sidecar's. The numbers of mountinfo and
 * of the device are given to another mount as soon as this one is gone; the unique number (Linux 6.8) is never given out
 * again.
 *
 * Looking sends no request to whoever serves the mount, who may be dead or stopped: the path is opened with O_PATH, and of
 * the root only what the kernel knows itself is asked.
 */
import { readFileSync } from 'node:fs';
import { AT_EMPTY_PATH, O_CLOEXEC, O_NOFOLLOW, O_PATH } from '../linux/constants.js';
import { libc } from '../linux/libc.js';
import { cString, scratch } from '../linux/memory.js';
import { mountLines, mountpointOf } from '../linux/mountinfo.js';

export interface MountIdentity {
  /** The first field of mountinfo. */
  readonly mountId: number;
  /** As mountinfo writes it: `0:52`. */
  readonly device: string;
  /** Null where the kernel has none. Text, since JSON has no number as large. */
  readonly uniqueId: string | null;
}

/** A mount that somebody made, and where. */
export interface OwnMount {
  readonly mountpoint: string;
  readonly identity: MountIdentity;
}

const AT_STATX_DONT_SYNC = 0x4000;
const STATX_MNT_ID_UNIQUE = 0x4000;
/** Of struct statx, in bytes: the mask, the device, the number of the mount. */
const at = { mask: 0, major: 136, minor: 140, mountId: 144 } as const;
const resultAt = 8192;

/** Of the mount that is on top at a path; null where there is no such path. */
export function mountAt(path: string): MountIdentity | null {
  const fd = libc.open(cString(path), O_PATH | O_NOFOLLOW | O_CLOEXEC, 0);
  if (fd < 0) return null;
  try {
    return identityOf(fd);
  } finally {
    // Kept open it would have umount(8) say that the mount is busy.
    libc.close(fd);
  }
}

function identityOf(fd: number): MountIdentity | null {
  const flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
  if (libc.statx(fd, cString(''), flags, STATX_MNT_ID_UNIQUE, scratch.address + resultAt) < 0) return null;
  const word = (byte: number): number => scratch.unsigned[(resultAt + byte) / 4] ?? 0;
  const isUnique = (word(at.mask) & STATX_MNT_ID_UNIQUE) !== 0;
  return {
    mountId: Number(/^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1]),
    device: `${word(at.major)}:${word(at.minor)}`,
    uniqueId: isUnique ? String(scratch.longs[(resultAt + at.mountId) / 8]) : null,
  };
}

export const isSameMount = (one: MountIdentity, other: MountIdentity): boolean =>
  one.uniqueId === null || other.uniqueId === null
    ? one.mountId === other.mountId && one.device === other.device
    : one.uniqueId === other.uniqueId;

/** Every mount of our type that lies at a path, the lowest first. */
export const layersAt = (path: string, lines = mountLines()): readonly OwnMount[] =>
  lines.filter((line) => isOurType(line) && mountpointOf(line) === path).map(readLayer);

/** Is a mount of our type on top there? */
export function isServed(path: string): boolean {
  const top = mountLines().findLast((line) => mountpointOf(line) === path);
  return top !== undefined && isOurType(top);
}

const isOurType = (line: string): boolean => line.includes(' - fuse.havock8s ');

function readLayer(line: string): OwnMount {
  const [mountId = '', , device = ''] = line.split(' ');
  return { mountpoint: mountpointOf(line), identity: { mountId: Number(mountId), device, uniqueId: null } };
}
