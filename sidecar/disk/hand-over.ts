/**
 * Gives a holder that was started again all that the one before had. The devices go last: who finds the device of a
 * volume finds everything else of it, and where that failed, the volume is mounted again.
 */
import { inodeKey, rootKey, stateKey } from '../mount/fd-keys.js';
import type { FdStore } from './fd-store.js';
import { limits } from './limits.js';
import { field } from './state/volume-state.js';
import type { Volume } from './volume.js';

/** All of a volume but its device; false where the holder does not take it. */
export function handOver(volume: Volume, fdStore: FdStore): boolean {
  const { inodes, options } = volume;
  // From here on readers give what they mark as kept to this holder, or mark it before we look.
  Atomics.add(options.state.header, field.holder, 1);
  if (!fdStore.keep(stateKey(volume.name), options.state.fd, limits.handOverMs)) return false;
  if (!fdStore.keep(rootKey(volume.name), options.rootFd, limits.handOverMs)) return false;
  for (const slot of inodes.all()) {
    if (inodes.fds.isKept(slot) && !handInode(volume, slot, fdStore)) return false;
  }
  return true;
}

/** Under the lock in which an inode is let go, so that it is not given after its holder was told to drop it. */
function handInode(volume: Volume, slot: number, fdStore: FdStore): boolean {
  const { inodes, options } = volume;
  return options.state.inodeLock.hold(() => {
    if (!inodes.fds.isKept(slot)) return true;
    const fd = volume.fdOf(slot);
    const given = fd < 0 || fdStore.keep(inodeKey(volume.name, slot), fd, limits.handOverMs);
    volume.giveBack();
    return given;
  });
}
