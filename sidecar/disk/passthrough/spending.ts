/**
 * In whose name a request takes blocks of the disk, where root would be given some that others are not (ext4(5),
 * `resuid`; quotas). The disk decides when bytes are written, not when a file is opened.
 *
 *     pages of a mapping   those who opened the file and may have mapped it: the kernel does not say who stored what
 *     any other request    its sender, and his own group; the groups that he has beside it no request tells
 */
import { O_ACCMODE, O_RDWR } from '../../linux/constants.js';
import { EDQUOT, ENOSPC } from '../../linux/errno.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { WRITE_CACHE } from '../wire/flags.js';

export function spendAsCaller({ fileSystem, caller }: Volume, { uid, gid }: Exchange): void {
  if (fileSystem.favoursRoot) caller.spendAs(uid, gid);
}

/** write_in: fh@0 write_flags@20. The kernel sends a page by a handle that was mapped, though another may be the storer's. */
export function spendAsWriter(volume: Volume, request: Exchange): void {
  if (!isOfMapping(request)) spendAsCaller(volume, request);
  else if (volume.fileSystem.favoursRoot) spendAsOpener(volume, request.u64(0));
}

/** A page that is refused is lost: so it is only where all are refused who may have stored into it. */
export function asOtherOpeners(
  volume: Volume,
  request: Exchange,
  refused: number,
  write: () => number,
): number {
  if (!isOfMapping(request) || !volume.fileSystem.favoursRoot) return refused;
  let result = refused;
  for (const fh of volume.handles.all()) {
    if (!isNoRoom(result)) break;
    if (!mayMap(volume, fh, request.nodeid) || isSameOpener(volume, fh, request.u64(0))) continue;
    spendAsOpener(volume, fh);
    result = write();
  }
  return result;
}

const isOfMapping = (request: Exchange): boolean => (request.u32(20) & WRITE_CACHE) !== 0;

const isNoRoom = (result: number): boolean => result === -ENOSPC || result === -EDQUOT;

const spendAsOpener = ({ handles, caller }: Volume, fh: number): void =>
  caller.spendAs(handles.uid(fh), handles.gid(fh));

const mayMap = ({ handles }: Volume, fh: number, inode: number): boolean =>
  handles.inode(fh) === inode && (handles.flags(fh) & O_ACCMODE) === O_RDWR;

const isSameOpener = ({ handles }: Volume, one: number, other: number): boolean =>
  handles.uid(one) === handles.uid(other) && handles.gid(one) === handles.gid(other);
