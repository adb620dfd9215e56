/** A served volume is mounted as the disk beneath is: what that forbids, it forbids. */

import { HavocError } from '../../core/havoc-error.js';
import * as linux from '../linux/constants.js';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../linux/constants.js';
import { errnoName } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { cString, scratch } from '../linux/memory.js';

/** f_flags of statfs(2) has the same bits as mount(2) for all but relatime. */
const flagsAt = 80;
const ST_RELATIME = 4096;
const bufferAt = 8192;
const mirrored =
  linux.MS_RDONLY |
  linux.MS_NOSUID |
  linux.MS_NODEV |
  linux.MS_NOEXEC |
  linux.MS_NOATIME |
  linux.MS_NODIRATIME;

/** Those of a request to mount that are heeded. */
export const heededFlags = mirrored | linux.MS_RELATIME;

/** Those that take something away from whoever uses the mount. */
export const forbiddingFlags = linux.MS_RDONLY | linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC;

export function backingFlags(backing: string, readOnly: boolean): number {
  const fd = libc.open(cString(backing), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0) throw new HavocError('disk.backing-unusable', `cannot open ${backing}: ${errnoName(errno())}`);
  libc.fstatfs(fd, scratch.address + bufferAt);
  libc.close(fd);
  const found = Number(scratch.longs[(bufferAt + flagsAt) / 8] ?? 0n);
  const relative = found & ST_RELATIME ? linux.MS_RELATIME : 0;
  return (found & mirrored) | relative | (readOnly ? linux.MS_RDONLY : 0);
}
