/** Requests that find, move and remove names. */

import { AT_REMOVEDIR, RENAME_EXCHANGE, S_IFDIR, S_IFMT } from '../../linux/constants.js';
import { EINVAL, ENOENT } from '../../linux/errno.js';
import { errno, libc } from '../../linux/libc.js';
import { inodeKey } from '../../mount/fd-keys.js';
import type { Volume } from '../volume.js';
import { statx } from '../wire/attributes.js';
import type { Exchange } from '../wire/exchange.js';
import { inCallersName } from './ownership.js';
import { replyEntry } from './reply.js';

export function lookup(volume: Volume, request: Exchange): number {
  const parent = volume.fdOf(request.nodeid);
  if (parent < 0) return parent;
  const result = volume.statAt(parent, request.argument(0), volume.stat);
  return result < 0 ? result : replyEntry(volume, request, request.name(0), false);
}

/** forget_in: nlookup u64@0. */
export function forget(volume: Volume, request: Exchange): number {
  release(volume, request.nodeid, request.u64(0));
  return 0;
}

/** batch_forget_in: count u32@0, then {nodeid u64, nlookup u64} each from byte 8. */
export function batchForget(volume: Volume, request: Exchange): number {
  const count = Math.min(request.u32(0), Math.floor((request.length - 48) / 16));
  for (let i = 0; i < count; i++) release(volume, request.u64(8 + i * 16), request.u64(16 + i * 16));
  return 0;
}

function release(volume: Volume, slot: number, lookups: number): void {
  const letGo = (kept: boolean): void => {
    if (kept) volume.options.fdStore.drop(inodeKey(volume.name, slot));
  };
  volume.closeInode(volume.inodes.forget(slot, lookups, letGo));
}

export const unlink = (volume: Volume, request: Exchange): number => remove(volume, request, 0);

export const rmdir = (volume: Volume, request: Exchange): number => remove(volume, request, AT_REMOVEDIR);

function remove(volume: Volume, request: Exchange, flags: number): number {
  const parent = volume.fdOf(request.nodeid);
  if (parent < 0) return parent;
  const { intents } = volume.options;
  const begun = intents.begunBefore(request);
  intents.begin(request);
  const doomed = prepareRemoval(volume, request.nodeid, parent, request.argument(0), request.name(0));
  const call = (): number => (libc.unlinkat(parent, request.argument(0), flags) < 0 ? -errno() : 0);
  const isKnown = (): boolean =>
    isKnownAs(volume, request.nodeid, parent, request.argument(0), request.name(0));
  const removed = inCallersName(volume, request, call, isKnown);
  if (removed < 0) return begun && removed === -ENOENT ? 0 : removed;
  if (doomed.last) volume.inodes.bury(doomed.slot);
  return 0;
}

/**
 * Does the kernel know what lies there, by this name? Then it has checked whether the caller may take the name away,
 * which a sticky directory makes depend on whose file it is.
 */
function isKnownAs(volume: Volume, slot: number, parent: number, at: number, name: Uint8Array): boolean {
  const { inodes, otherStat } = volume;
  if (volume.statAt(parent, at, otherStat) < 0) return true;
  const known = inodes.lookUp(otherStat);
  return known !== 0 && inodes.isNamed(known, slot, name);
}

interface Doomed {
  readonly slot: number;
  /** Does the file end with this name? */
  readonly last: boolean;
}

/**
 * A file that loses its name may live on: it is open, a working directory, or has other names. It is held by a
 * descriptor from here on; of what is open or goes by another name the holder keeps a copy, so that it outlives
 * the fault proxy too.
 */
function prepareRemoval(
  volume: Volume,
  parentSlot: number,
  parent: number,
  at: number,
  name: Uint8Array,
): Doomed {
  const { inodes } = volume;
  if (volume.statAt(parent, at, volume.stat) < 0) return { slot: 0, last: false };
  const slot = inodes.lookUp(volume.stat);
  if (slot === 0) return { slot, last: false };
  const isDirectory = (volume.stat.mode & S_IFMT) === S_IFDIR;
  const last = isDirectory || volume.stat.nlink === 1;
  const open = inodes.use.opens(slot) > 0;
  const fd = volume.pinnedFd(slot);
  if (!open && last) return { slot, last };
  if (open || inodes.isNamed(slot, parentSlot, name)) volume.keep(slot, fd);
  return { slot, last: false };
}

/** rename_in: newdir u64@0, old name@8, new name. */
export const rename = (volume: Volume, request: Exchange): number => move(volume, request, 8, 0);

/** rename2_in: newdir u64@0 flags u32@8, old name@16, new name. */
export const rename2 = (volume: Volume, request: Exchange): number =>
  move(volume, request, 16, request.u32(8));

function move(volume: Volume, request: Exchange, nameAt: number, flags: number): number {
  const from = volume.fdOf(request.nodeid);
  if (from < 0) return from;
  const to = volume.fdOf(request.u64(0));
  if (to < 0) return to;
  const oldName = request.name(nameAt);
  const oldAt = request.argument(nameAt);
  const newAt = request.argument(nameAt + oldName.length + 1);
  const newName = request.name(nameAt + oldName.length + 1);
  if (oldName.length === 0 || newName.length === 0) return -EINVAL;

  const { intents } = volume.options;
  const begun = intents.begunBefore(request);
  const there = volume.statAt(from, oldAt, volume.otherStat) === 0;
  const low = volume.otherStat.word(statx.ino);
  const high = volume.otherStat.word(statx.ino + 4);
  if (begun) intents.begin(request, ...begun);
  else intents.begin(request, low, high);
  const done = begun !== undefined && (!there || begun[0] !== low || begun[1] !== high);

  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  const doomed = done || exchange ? null : prepareRemoval(volume, request.u64(0), to, newAt, newName);
  const call = (): number => (libc.renameat2(from, oldAt, to, newAt, flags) < 0 ? -errno() : 0);
  const areKnown = (): boolean =>
    isKnownAs(volume, request.nodeid, from, oldAt, oldName) &&
    isKnownAs(volume, request.u64(0), to, newAt, newName);
  const moved = done ? 0 : inCallersName(volume, request, call, areKnown);
  if (moved < 0) return moved;
  if (doomed?.last && !isSameFile(volume, low, high)) volume.inodes.bury(doomed.slot);
  renamed(volume, to, newAt, request.u64(0), newName);
  if (exchange) renamed(volume, from, oldAt, request.nodeid, oldName);
  return 0;
}

/** Renaming one hard link over another of the same file does nothing, and removes no name. */
const isSameFile = (volume: Volume, low: number, high: number): boolean =>
  volume.stat.word(statx.ino) === low && volume.stat.word(statx.ino + 4) === high;

function renamed(volume: Volume, parent: number, at: number, parentSlot: number, name: Uint8Array): void {
  if (volume.statAt(parent, at, volume.stat) < 0) return;
  const slot = volume.inodes.lookUp(volume.stat);
  if (slot !== 0) volume.inodes.renameTo(slot, parentSlot, name);
}

export function readlink(volume: Volume, request: Exchange): number {
  const fd = volume.fdOf(request.nodeid);
  if (fd < 0) return fd;
  const bytes = libc.readlinkat(fd, volume.empty, request.payload, 4096);
  return bytes < 0 ? -errno() : bytes;
}
