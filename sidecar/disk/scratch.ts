/** The scratch memory that each thread has for a volume: C strings and structs that system calls are given. */
import type { Memory } from '../linux/memory.js';

/** Where its parts lie. */
export const scratchAt = {
  empty: 0,
  here: 8,
  path: 64,
  stat: 256,
  otherStat: 512,
  times: 768,
  offsets: 832,
  filesystem: 896,
  name: 1024,
} as const;
export const scratchBytes = 128 * 1024;
/** Listings of directories and whatever else needs room. */
export const roomAt = 4096;

/** Writes `/proc/self/fd/N` and its NUL; the address. */
export function writeProcPath({ bytes, address }: Memory, fd: number): number {
  bytes.set(procPrefix, scratchAt.path);
  let end = scratchAt.path + procPrefix.length;
  for (let unit = 10 ** Math.max(0, Math.floor(Math.log10(fd || 1))); unit >= 1; unit /= 10) {
    bytes[end++] = 48 + (Math.floor(fd / unit) % 10);
  }
  bytes[end] = 0;
  return address + scratchAt.path;
}

const procPrefix = Buffer.from('/proc/self/fd/');
