/** Takes over the tables of a fault proxy that died: they are as it left them, but descriptors and locks were its own. */
import { closeSync } from 'node:fs';
import { slotOfKey } from '../mount/fd-keys.js';
import { handleFd } from './passthrough/handles.js';
import { rootSlot } from './state/inode-table.js';
import { field } from './state/volume-state.js';
import type { Volume } from './volume.js';

export function recoverState(volume: Volume, rootFd: number, kept: ReadonlyMap<string, number>): void {
  const { inodes, handles, refusedReads } = volume;
  const { state } = volume.options;
  for (const lock of [state.inodeLock, state.handleLock, state.flightLock]) lock.breakOpen();
  state.header[field.blockedReaders] = 0;
  refusedReads.clear();
  inodes.repair();
  handles.repair();
  for (const slot of inodes.all()) {
    inodes.fds.drop(slot);
    inodes.contents.endAllWrites(slot);
  }
  for (const handle of handles.all()) handles.dropFd(handle);
  // Each of them will be opened again, when it is used.
  volume.descriptors.count('handles', state.handles.size);
  const root = volume.statFd(rootFd, volume.stat) === 0 ? volume.stat : null;
  if (root !== null && root.device !== inodes.device(rootSlot)) inodes.replant(root);
  inodes.fds.offer(rootSlot, rootFd);
  takeKept(volume, kept);
}

/**
 * Files that no name leads to any more are reached by what the holder kept of them. A fault proxy that died between
 * giving a slot up and telling the holder left what is not of the slot's file any more: nobody shall meet that there.
 *
 * Where there is not room for all of them and for the handles too, what nobody has open and a name may lead to goes
 * without; and what is open is opened again at once, so that its handles lead to it.
 */
function takeKept(volume: Volume, kept: ReadonlyMap<string, number>): void {
  const { name, inodes, stat, options, descriptors } = volume;
  let open: ReadonlyMap<number, readonly number[]> | null = null;
  for (const [key, fd] of kept) {
    const slot = slotOfKey(key, name);
    if (slot === null) continue;
    const isIts = inodes.has(slot) && volume.statFd(fd, stat) === 0 && inodes.isSame(slot, stat);
    if (!isIts || inodes.fds.of(slot) >= 0) {
      closeSync(fd);
      options.fdStore.drop(key);
      if (inodes.has(slot)) inodes.fds.markLetGo(slot);
      continue;
    }
    const isNeeded = inodes.use.opens(slot) > 0 || stat.nlink === 0;
    const hasRoom = isNeeded ? descriptors.hasRoomToPin : descriptors.hasRoomToKeep;
    if (hasRoom) {
      volume.pin(slot, fd);
      continue;
    }
    open ??= openHandles(volume);
    passOn(volume, { slot, fd, handles: open.get(slot) ?? [] });
  }
}

/** By inode. */
function openHandles({ handles }: Volume): ReadonlyMap<number, readonly number[]> {
  const open = new Map<number, number[]>();
  for (const handle of handles.all()) {
    const slot = handles.inode(handle);
    const others = open.get(slot);
    if (others) others.push(handle);
    else open.set(slot, [handle]);
  }
  return open;
}

interface Passing {
  readonly slot: number;
  readonly fd: number;
  readonly handles: readonly number[];
}

/** From the inode to its handles. Nobody serves yet, so nobody is using the descriptor. */
function passOn(volume: Volume, { slot, fd, handles }: Passing): void {
  volume.inodes.fds.offer(slot, fd);
  for (const handle of handles) handleFd(volume, handle);
  volume.inodes.fds.drop(slot);
  closeSync(fd);
}
