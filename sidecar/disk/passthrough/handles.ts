/** The backing descriptor of an open handle, opened again where a plane before us died with it. */

import { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC } from '../../linux/constants.js';
import { EBADF } from '../../linux/errno.js';
import { libc } from '../../linux/libc.js';
import { handleHow } from '../state/handle-table.js';
import type { Volume } from '../volume.js';
import { openToWrite } from './append-only.js';

/** Done once, by the open that the plane before us answered. */
const onlyOnce = O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW;

/** A descriptor, or a negated errno; EBADF for a handle that is not ours. */
export function handleFd(volume: Volume, fh: number): number {
  const fd = volume.handles.fd(fh);
  if (fd >= 0) return fd;
  return volume.handles.has(fh) ? reopen(volume, fh) : -EBADF;
}

function reopen(volume: Volume, fh: number): number {
  const { handles } = volume;
  const node = volume.fdOf(handles.inode(fh));
  if (node < 0) return node;
  const isDirectory = (handles.how(fh) & handleHow.directory) !== 0;
  const flags = isDirectory ? O_RDONLY | O_DIRECTORY : handles.flags(fh) & ~onlyOnce;
  const fd = openToWrite(volume.procPath(node), flags);
  if (fd < 0) return fd;
  if (isDirectory) handles.setPosition(fh, -1n);
  if (handles.offerFd(fh, fd)) return fd;
  libc.close(fd);
  return handles.fd(fh);
}
