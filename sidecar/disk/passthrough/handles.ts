/** The backing descriptor of an open handle, opened again where a fault proxy before us died with it. */
import { EBADF } from '../../linux/errno.js';
import { libc } from '../../linux/libc.js';
import type { Volume } from '../volume.js';
import { isDeadEnd, reviveFd } from './live-descriptor.js';
import { openAgain } from './open-again.js';

/** A descriptor, or a negated errno; EBADF for a handle that is not ours. */
export function handleFd(volume: Volume, fh: number): number {
  const fd = volume.handles.fd(fh);
  if (fd >= 0) return fd;
  return volume.handles.has(fh) ? reopen(volume, fh) : -EBADF;
}

function reopen(volume: Volume, fh: number): number {
  const { handles } = volume;
  const inode = handles.inode(fh);
  const node = volume.fdOf(inode);
  if (node < 0) return node;
  let fd = openAgain(volume, fh, node);
  if (isDeadEnd(fd) && reviveFd(volume, inode) === 'revived') fd = openAgain(volume, fh, node);
  if (fd < 0 || handles.offerFd(fh, fd)) return fd;
  libc.close(fd);
  return handles.fd(fh);
}
