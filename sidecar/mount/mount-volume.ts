/** mount(2) and umount2(2) of one served volume. */

import { writeFileSync } from 'node:fs';
import { HavocError } from '../../core/havoc-error.js';
import { MNT_DETACH, MNT_FORCE, O_CLOEXEC, O_RDWR } from '../linux/constants.js';
import { EINVAL, ENOENT, errnoName } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { cString } from '../linux/memory.js';
import { writeLog } from '../supervise/log-line.js';
import { isConnected } from './connection.js';
import { isSameMount, layersAt, type MountIdentity, mountAt, type OwnMount } from './mount-identity.js';

export interface MountRequest {
  readonly volume: string;
  /** Without symbolic links: mountinfo shows where they lead. */
  readonly mountpoint: string;
  /** What mount(8) and df(1) show as the device. */
  readonly source: string;
  /** MS_RDONLY and the like, as the backing volume is mounted. */
  readonly flags: number;
}

/** One READ of the kernel's readahead: as much as the protocol carries. */
const readaheadKiB = 1024;
/** Layers that a holder before us may have left, each mounted over the dead one. */
const mostLayers = 64;

export interface MadeMount {
  /** The descriptor of /dev/fuse. */
  readonly device: number;
  /** Null when it was taken away again before one could look. */
  readonly identity: MountIdentity | null;
}

/** Mounts over whatever is there, dead mounts included. */
export function mountVolume({ volume, mountpoint, source, flags }: MountRequest): MadeMount {
  const device = libc.open(cString('/dev/fuse'), O_RDWR | O_CLOEXEC, 0);
  if (device < 0) throw deviceFailure(errno());
  const owner = `user_id=${process.geteuid?.() ?? 0},group_id=${process.getegid?.() ?? 0}`;
  const options = `fd=${device},rootmode=40000,${owner},default_permissions,allow_other`;
  const [sourceAt, targetAt, typeAt, optionsAt] = [0, 4096, 8192, 8256] as const;
  const result = libc.mount(
    cString(source, sourceAt),
    cString(mountpoint, targetAt),
    cString('fuse.havock8s', typeAt),
    flags,
    cString(options, optionsAt),
  );
  if (result < 0) throw mountFailure(volume, mountpoint, errno());
  const found = mountAt(mountpoint);
  // We may have been stopped meanwhile, and what lies there now be another's.
  const identity = isConnected(device) ? found : null;
  if (identity !== null) raiseReadahead(mountpoint, identity);
  return { device, identity };
}

/**
 * Takes away what of `own` is on top at a path, layer by layer, and nothing else: waits for nobody, ends the connection
 * that open files still hold. Between looking and unmounting there are two system calls in which somebody could mount on
 * top; the kernel unmounts by path only, and always what is on top.
 */
export function unmountOwn(mountpoint: string, own: readonly OwnMount[]): void {
  const mine = own.filter((one) => one.mountpoint === mountpoint);
  for (let layer = 0; layer < mostLayers && isOnTop(mountpoint, mine); layer++) {
    const target = cString(mountpoint);
    if (libc.umount2(target, 0) === 0) continue;
    if (libc.umount2(target, MNT_FORCE) === 0) continue;
    if (libc.umount2(target, MNT_DETACH) < 0 && (errno() === EINVAL || errno() === ENOENT)) break;
  }
  if (mine.length > 0 && isCovered(mountpoint, mine)) sayCovered(mountpoint);
}

function isOnTop(mountpoint: string, mine: readonly OwnMount[]): boolean {
  const top = mine.length === 0 ? null : mountAt(mountpoint);
  return top !== null && mine.some(({ identity }) => isSameMount(identity, top));
}

/** Is one of them there still, beneath what somebody else mounted? */
const isCovered = (mountpoint: string, mine: readonly OwnMount[]): boolean =>
  layersAt(mountpoint)
    .slice(0, -1)
    .some((layer) => mine.some(({ identity }) => isSameMount(identity, layer.identity)));

function sayCovered(mountpoint: string): void {
  const msg = `our mount at ${mountpoint} lies beneath another, which stays: once that is gone, umount --lazy ${mountpoint}`;
  writeLog('warn', 'mount.covered', msg);
}

/** The kernel reads ahead 128 KiB at a time, where a request carries 1 MiB. Without the right to, it stays so. */
function raiseReadahead(mountpoint: string, { device }: MountIdentity): void {
  try {
    writeFileSync(`/sys/class/bdi/${device}/read_ahead_kb`, String(readaheadKiB));
  } catch {
    const msg = `readahead of ${mountpoint} stays as the kernel set it`;
    writeLog('debug', 'mount.readahead', msg);
  }
}

function deviceFailure(failure: number): HavocError {
  const name = errnoName(failure);
  const advice =
    failure === ENOENT || name === 'ENODEV' || name === 'ENXIO'
      ? 'this kernel has no FUSE: load it with `modprobe fuse`'
      : 'ask for read and write permission on it (it is 0666 on most systems), or run as root';
  return new HavocError('fuse.unusable', `cannot open /dev/fuse: ${name}; ${advice}`);
}

function mountFailure(volume: string, mountpoint: string, failure: number): HavocError {
  const name = errnoName(failure);
  const advice = name === 'EPERM' ? '; mounting takes CAP_SYS_ADMIN, or a user namespace of your own' : '';
  return new HavocError('mount.failed', `cannot mount volume ${volume} at ${mountpoint}: ${name}${advice}`);
}
