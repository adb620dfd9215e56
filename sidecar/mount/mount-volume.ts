/** mount(2) and umount2(2) of one served volume. */
import { writeFileSync } from 'node:fs';
import { HavocError } from '../havoc-error.js';
import { MNT_DETACH, MNT_FORCE, O_CLOEXEC, O_RDWR } from '../linux/constants.js';
import { EINVAL, ENOENT, errnoName } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { cString } from '../linux/memory.js';
import { mountLines, mountpointOf } from '../linux/mountinfo.js';

export interface MountRequest {
  readonly volume: string;
  /** Without symbolic links: mountinfo, by which it is found again, shows where they lead. */
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

/** Mounts over whatever is there, dead mounts included, and returns the descriptor of /dev/fuse. */
export function mountVolume({ volume, mountpoint, source, flags }: MountRequest): number {
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
  raiseReadahead(mountpoint);
  return device;
}

/** Takes every layer away: waits for nobody, ends the connection that open files still hold. */
export function unmountVolume(mountpoint: string): void {
  for (let layer = 0; layer < mostLayers && isServed(mountpoint); layer++) {
    const target = cString(mountpoint);
    if (libc.umount2(target, 0) === 0) continue;
    if (libc.umount2(target, MNT_FORCE) === 0) continue;
    if (libc.umount2(target, MNT_DETACH) < 0 && (errno() === EINVAL || errno() === ENOENT)) return;
  }
}

/** Is a mount of ours on top there? Asked of mountinfo, since the mount itself may not answer. */
export const isServed = (mountpoint: string): boolean =>
  topMount(mountpoint)?.includes(' - fuse.havock8s ') ?? false;

/** The line of what is on top there. */
const topMount = (mountpoint: string): string | undefined =>
  mountLines().findLast((line) => mountpointOf(line) === mountpoint);

/** The kernel reads ahead 128 KiB at a time, where a request carries 1 MiB. Without the right to, it stays so. */
function raiseReadahead(mountpoint: string): void {
  const device = topMount(mountpoint)?.split(' ')[2];
  if (device === undefined) return;
  try {
    writeFileSync(`/sys/class/bdi/${device}/read_ahead_kb`, String(readaheadKiB));
  } catch {
    const msg = `readahead of ${mountpoint} stays as the kernel set it`;
    process.stderr.write(
      `${JSON.stringify({ level: 20, time: Date.now(), code: 'mount.readahead', msg })}\n`,
    );
  }
}

function deviceFailure(failure: number): HavocError {
  const name = errnoName(failure);
  const advice =
    failure === ENOENT || name === 'ENODEV' || name === 'ENXIO'
      ? 'this kernel has no FUSE: load it with `modprobe fuse`'
      : 'ask for read and write permission on it (it is 0666 on most systems), or run as root';
  return new HavocError('E_DEVICE', `cannot open /dev/fuse: ${name}; ${advice}`);
}

function mountFailure(volume: string, mountpoint: string, failure: number): HavocError {
  const name = errnoName(failure);
  const advice = name === 'EPERM' ? '; mounting takes CAP_SYS_ADMIN, or a user namespace of your own' : '';
  return new HavocError('E_MOUNT', `cannot mount volume ${volume} at ${mountpoint}: ${name}${advice}`);
}
