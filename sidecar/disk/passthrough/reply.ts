/** The replies that several requests share: attributes, and an entry of a directory. */
import { ENOMEM } from '../../linux/errno.js';
import type { Volume } from '../volume.js';
import { setAttributes } from '../wire/attributes.js';
import type { Exchange } from '../wire/exchange.js';
import { attrOutBytes, entryOutBytes } from '../wire/sizes.js';
import { validSeconds } from './handler.js';

/** fuse_attr_out of what `volume.stat` shows. */
export function replyAttributes(volume: Volume, request: Exchange): number {
  request.clearPayload(16);
  request.set32(0, validSeconds(volume, request.nodeid));
  setAttributes(request, 16, volume.stat, volume.devices.inoHighOffset(volume.stat.device));
  return attrOutBytes;
}

/** fuse_entry_out at `offset` of the payload, of what `volume.stat` shows, whose lookup is counted already. */
export function setEntry(volume: Volume, request: Exchange, offset: number, slot: number): void {
  const valid = validSeconds(volume, slot);
  request.set64(offset, slot);
  request.set64(offset + 8, 0);
  request.set64(offset + 16, valid);
  request.set64(offset + 24, valid);
  request.set64(offset + 32, 0);
  setAttributes(request, offset + 40, volume.stat, volume.devices.inoHighOffset(volume.stat.device));
}

/** Counts a lookup of the file that `volume.stat` shows and answers it as an entry. */
export function replyEntry(volume: Volume, request: Exchange, name: Uint8Array, fresh: boolean): number {
  const slot = volume.inodes.remember(volume.stat, request.nodeid, name, fresh);
  if (slot === 0) return -ENOMEM;
  volume.slowGrowth();
  setEntry(volume, request, 0, slot);
  return entryOutBytes;
}
