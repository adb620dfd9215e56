/** Takes over the tables of a plane that died: they are as it left them, but descriptors and locks were its own. */
import { closeSync } from 'node:fs';
import { slotOfKey } from '../kept-keys.js';
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
    inodes.dropFd(slot);
    inodes.contents.endAllWrites(slot);
  }
  for (const handle of handles.all()) handles.dropFd(handle);
  const root = volume.statFd(rootFd, volume.stat) === 0 ? volume.stat : null;
  if (root !== null && root.device !== inodes.device(rootSlot)) inodes.replant(root);
  inodes.offerFd(rootSlot, rootFd);
  takeKept(volume, kept);
}

/**
 * Files that no name leads to any more are reached by what the holder kept of them. A plane that died between giving
 * a slot up and telling the holder left what is not of the slot's file any more: nobody shall meet that there.
 */
function takeKept(volume: Volume, kept: ReadonlyMap<string, number>): void {
  const { name, inodes, stat, options } = volume;
  for (const [key, fd] of kept) {
    const slot = slotOfKey(key, name);
    if (slot === null) continue;
    const isIts = inodes.has(slot) && volume.statFd(fd, stat) === 0 && inodes.isSame(slot, stat);
    if (isIts && inodes.offerFd(slot, fd)) continue;
    closeSync(fd);
    options.keeper.drop(key);
    if (inodes.has(slot)) inodes.markLetGo(slot);
  }
}
