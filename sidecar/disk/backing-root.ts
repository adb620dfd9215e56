/**
 * The descriptor from which everything beneath a volume is reached, the same for every plane that serves it.
 *
 * A container that is started again sees its volumes through new mounts. The kernel neither links nor renames from one
 * mount to another, though both be of one file system (EXDEV of rename(2)), and what the holder kept of files was opened
 * through the first. A mount whose container is gone goes on as one that was unmounted lazily (MNT_DETACH of umount2(2)).
 * It has lost what was mounted within, and meets nothing that is mounted within later: so where anything is, or may come
 * from the node (HostToContainer), the new mount serves. A file without a name that was open before then cannot be given
 * one any more (EXDEV).
 *
 *     kept, the same directory, nothing mounted within, nothing to come ─► kept
 *                                                                 else ──► opened now, and kept
 */
import { closeSync, fstatSync, readlinkSync } from 'node:fs';
import { HavocError } from '../havoc-error.js';
import { rootKey } from '../kept-keys.js';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../linux/constants.js';
import { errnoName } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { cString } from '../linux/memory.js';
import { entryOf, mountEntries } from '../linux/mountinfo.js';
import type { Keeper } from './keeper.js';

export interface BackingWanted {
  readonly volume: string;
  readonly backing: string;
  /** Of the plane before us, while its volume is the one that is served. */
  readonly kept: number | undefined;
  readonly keeper: Keeper;
}

/** Throws `E_BACKING` where there is nothing to serve. */
export function backingRoot({ volume, backing, kept, keeper }: BackingWanted): number {
  const opened = open(volume, backing);
  if (kept !== undefined && isSameDirectory(kept, opened) && !mayHaveMounts(opened)) {
    closeSync(opened);
    return kept;
  }
  keeper.keep(rootKey(volume), opened);
  return opened;
}

function open(volume: string, backing: string): number {
  const fd = libc.open(cString(backing), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (fd < 0)
    throw new HavocError(
      'E_BACKING',
      `cannot open ${backing}, the disk beneath volume ${volume}: ${errnoName(errno())}`,
    );
  return fd;
}

function isSameDirectory(one: number, other: number): boolean {
  const [first, second] = [one, other].map((fd) => fstatSync(fd, { bigint: true }));
  return first?.ino === second?.ino && first?.dev === second?.dev;
}

/** Within the disk, now or later. */
function mayHaveMounts(opened: number): boolean {
  const own = entryOf(opened);
  const within = `${readlinkSync(`/proc/self/fd/${opened}`)}/`;
  return (
    own === undefined ||
    own.shared ||
    own.follows ||
    mountEntries().some(({ mountpoint }) => mountpoint.startsWith(within))
  );
}
