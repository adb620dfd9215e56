/** The replies that several requests share: attributes, and an entry of a directory. */
import { ENOMEM } from '../../linux/errno.js';
import type { Volume } from '../volume.js';
import { setAttributes } from '../wire/attributes.js';
import type { Exchange } from '../wire/exchange.js';
import { attrOutBytes, entryOutBytes } from '../wire/sizes.js';
import { validSeconds } from './handler.js';

/** fuse_attr_out of what `volume.stat` shows. */
export function replyAttributes(volume: Volume, x: Exchange): number {
  x.clearPayload(16);
  x.set32(0, validSeconds(volume, x.nodeid));
  setAttributes(x, 16, volume.stat, volume.devices.inoHighOffset(volume.stat.device));
  return attrOutBytes;
}

/** fuse_entry_out at `offset` of the payload, of what `volume.stat` shows, whose lookup is counted already. */
export function setEntry(volume: Volume, x: Exchange, offset: number, slot: number): void {
  const valid = validSeconds(volume, slot);
  x.set64(offset, slot);
  x.set64(offset + 8, 0);
  x.set64(offset + 16, valid);
  x.set64(offset + 24, valid);
  x.set64(offset + 32, 0);
  setAttributes(x, offset + 40, volume.stat, volume.devices.inoHighOffset(volume.stat.device));
}

/** Counts a lookup of the file that `volume.stat` shows and answers it as an entry. */
export function replyEntry(volume: Volume, x: Exchange, name: Uint8Array, fresh: boolean): number {
  const slot = volume.inodes.remember(volume.stat, x.nodeid, name, fresh);
  if (slot === 0) return -ENOMEM;
  volume.slowGrowth();
  setEntry(volume, x, 0, slot);
  return entryOutBytes;
}
