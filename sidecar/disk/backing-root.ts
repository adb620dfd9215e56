/**
 * The descriptor from which everything beneath a volume is reached, the same for every fault proxy that serves it.
 *
 * A container that is started again sees its volumes through new mounts. The kernel neither links nor renames from one
 * mount to another, though both be of one file system (EXDEV of rename(2)), and what the holder kept of files was opened
 * through the first. A mount whose container is gone goes on as one that was unmounted lazily (MNT_DETACH of umount2(2)).
 * It has lost what was mounted within, and meets nothing that is mounted within later: so where anything is, or may come
 * from the node (HostToContainer), the new mount serves. A file without a name that was open before then cannot be given
 * one any more (EXDEV).
 *
 * What is at the path may also be another directory than the one that was served: the mount point of a disk that is not
 * mounted any more, or that disk, mounted again (`backing-place.ts`). What was served goes on, dead or alive, rather than
 * that anything is written to the wrong disk.
 *
 *     kept, the same directory, nothing mounted within, nothing to come ─► kept
 *     kept, the same directory                                          ─► opened now, and kept
 *     kept, another directory, mounted like the first                   ─► opened now, and kept
 *     kept, another directory, or none that can be opened               ─► kept
 */
import { closeSync, fstatSync, readlinkSync } from 'node:fs';
import { HavocError } from '../../core/havoc-error.js';
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from '../linux/constants.js';
import { errnoName } from '../linux/errno.js';
import { errno, libc } from '../linux/libc.js';
import { cString } from '../linux/memory.js';
import { entryOf, mountEntries } from '../linux/mountinfo.js';
import { rootKey } from '../mount/fd-keys.js';
import { BackingPlace } from './backing-place.js';
import type { FdStore } from './fd-store.js';
import type { VolumeState } from './state/volume-state.js';

export interface DiskBeneath {
  readonly volume: string;
  /** Its path, and the directory that is served. */
  readonly backing: string;
  readonly rootFd: number;
  readonly place: BackingPlace;
}

export interface BackingWanted {
  readonly volume: string;
  readonly backing: string;
  /** Of the fault proxy before us, while its volume is the one that is served. */
  readonly kept: number | undefined;
  readonly state: VolumeState;
  readonly fdStore: FdStore;
}

/** Throws `disk.backing-unusable` where there is nothing to serve. */
export function diskBeneath(wanted: BackingWanted): DiskBeneath {
  const { volume, backing, state } = wanted;
  const place = new BackingPlace(state.header);
  return { volume, backing, place, rootFd: rootOf(wanted, place) };
}

function rootOf({ volume, backing, kept, fdStore }: BackingWanted, place: BackingPlace): number {
  const opened = libc.open(cString(backing), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (opened < 0 && kept === undefined)
    throw new HavocError(
      'disk.backing-unusable',
      `cannot open ${backing}, the disk beneath volume ${volume}: ${errnoName(errno())}`,
    );
  if (opened < 0) return kept ?? opened;
  if (kept !== undefined && !isBetter(opened, kept, place)) {
    closeSync(opened);
    return kept;
  }
  place.note(opened);
  fdStore.keep(rootKey(volume), opened);
  return opened;
}

function isBetter(opened: number, kept: number, place: BackingPlace): boolean {
  return isSameDirectory(kept, opened) ? mayHaveMounts(opened) : place.isOf(opened);
}

function isSameDirectory(kept: number, opened: number): boolean {
  const [first, second] = [numbersOf(kept), numbersOf(opened)];
  return first !== null && second !== null && first.ino === second.ino && first.dev === second.dev;
}

/** Null where the file system is gone, as the errors ENOTCONN, ECONNABORTED and ESTALE say, or does not tell. */
function numbersOf(fd: number): { readonly ino: bigint; readonly dev: bigint } | null {
  try {
    return fstatSync(fd, { bigint: true });
  } catch {
    return null;
  }
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
