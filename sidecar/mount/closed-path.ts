/**
 * Where no volume is mounted there must be no directory either: of an app's container that is started at that moment the
 * kubelet would mount it, and make it where it is missing. The app would begin again on an empty disk, in memory, and
 * lose all that it writes. So the name is taken by a link to itself: whoever goes there, the kubelet included, gets ELOOP.
 */
import { basename } from 'node:path';
import { AT_FDCWD, AT_REMOVEDIR } from '../linux/constants.js';
import { libc } from '../linux/libc.js';
import { cString, scratch } from '../linux/memory.js';

/** A directory that somebody wrote into stays: there is nothing on it that we may throw away. */
export function closePath(mountpoint: string): void {
  libc.unlinkat(AT_FDCWD, cString(mountpoint), AT_REMOVEDIR);
  libc.symlinkat(cString(basename(mountpoint)), AT_FDCWD, cString(mountpoint, targetAt));
}

/** Looks at nothing that is mounted there, which may not answer. */
export function openPath(mountpoint: string): void {
  const own = basename(mountpoint);
  const length = libc.readlinkat(AT_FDCWD, cString(mountpoint), scratch.address + targetAt, longestName);
  const target = Buffer.from(scratch.bytes.subarray(targetAt, targetAt + Math.max(0, length))).toString();
  if (target === own) libc.unlinkat(AT_FDCWD, cString(mountpoint), 0);
}

const targetAt = 4096;
const longestName = 256;
