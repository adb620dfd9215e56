/**
 * Which blocks a change of a file would newly take: those past its end, and those of its holes. What was reserved
 * and not written yet counts as a hole in a file that has holes as well: the file system does not tell them apart.
 */
import { libc } from '../../linux/libc.js';
import type { FileStat } from '../wire/attributes.js';

export const block = 4096;
export const roundUp = (bytes: number): number => Math.ceil(bytes / block) * block;
const roundDown = (bytes: number): number => Math.floor(bytes / block) * block;

const SEEK_DATA = 3;
const SEEK_HOLE = 4;
/** Past so many holes the rest of the range counts as one. */
const mostHoles = 1024;

/** Whole blocks, from `from` to before `to`. */
export interface Blocks {
  readonly from: number;
  readonly to: number;
}

/** In their order; `stat` is of `fd`. */
export function newBlocks(fd: number, stat: FileStat, offset: number, bytes: number): readonly Blocks[] {
  const from = roundDown(offset);
  const to = roundUp(offset + bytes);
  const { size, allocatedBytes } = stat;
  const isSparse = allocatedBytes < size;
  const end = isSparse ? roundUp(size) : Math.max(roundUp(size), allocatedBytes);
  const holes = isSparse ? holesWithin(fd, from, Math.min(to, end)) : [];
  const beyond = { from: Math.max(from, end), to };
  return beyond.from < to ? [...holes, beyond] : holes;
}

export const bytesOf = (blocks: readonly Blocks[]): number =>
  blocks.reduce((sum, { from, to }) => sum + to - from, 0);

/** How far one gets from `offset` with `room` for new blocks. */
export function reach(blocks: readonly Blocks[], offset: number, room: number): number {
  let left = roundDown(room);
  for (const { from, to } of blocks) {
    if (to - from > left) return Math.max(0, from + left - offset);
    left -= to - from;
  }
  return Number.POSITIVE_INFINITY;
}

function holesWithin(fd: number, from: number, to: number): readonly Blocks[] {
  const holes: Blocks[] = [];
  for (let at = from; at < to; ) {
    const hole = libc.lseek(fd, at, SEEK_HOLE);
    if (hole < 0 || hole >= to) break;
    const data = holes.length < mostHoles ? libc.lseek(fd, hole, SEEK_DATA) : -1;
    const end = data < 0 ? to : Math.min(to, data);
    if (roundUp(hole) < roundDown(end)) holes.push({ from: roundUp(hole), to: roundDown(end) });
    at = Math.max(end, at + 1);
  }
  return holes;
}
