/** The connection of a mount, seen from its descriptor of /dev/fuse. */
import { libc } from '../linux/libc.js';
import { scratch } from '../linux/memory.js';

const POLLERR = 8;

/** False: the mount was taken away, or its connection aborted. */
export function isConnected(device: number): boolean {
  scratch.words[0] = device;
  scratch.words[1] = 0;
  libc.poll(scratch.address, 1, 0);
  return (((scratch.words[1] ?? 0) >>> 16) & POLLERR) === 0;
}
