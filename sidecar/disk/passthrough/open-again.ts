/** Opens again what is open: for a handle whose descriptor is gone, or leads nowhere any more. */
import { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC } from '../../linux/constants.js';
import { handleHow } from '../state/handle-table.js';
import type { Volume } from '../volume.js';
import { openToWrite } from './append-only.js';

/** Done once, by the open that was answered. */
const onlyOnce = O_CREAT | O_EXCL | O_TRUNC | O_NOFOLLOW;

/** A descriptor as the handle `fh` needs it, of the inode that `node` leads to; else a negated errno. */
export function openAgain(volume: Volume, fh: number, node: number): number {
  const { handles } = volume;
  const isDirectory = (handles.how(fh) & handleHow.directory) !== 0;
  const flags = isDirectory ? O_RDONLY | O_DIRECTORY : handles.flags(fh) & ~onlyOnce;
  const fd = openToWrite(volume.procPath(node), flags);
  if (fd >= 0 && isDirectory) handles.setPosition(fh, -1n);
  return fd;
}
