/**
 * `disk full after SIZE`: ENOSPC once the matched files have grown by SIZE. Growth is counted in what files
 * take on disk, before and after each request; freeing space, by truncating, punching or removing, gives it back.
 */
import type { Quota } from '../../../faults/decision.js';
import { ENOSPC } from '../../linux/errno.js';
import { handleFd } from '../passthrough/handles.js';
import type { Counters } from '../state/counters.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';
import { footprint, overwritten } from './footprint.js';
import { type Blocks, bytesOf, newBlocks, reach } from './new-blocks.js';
import type { Outcome } from './outcome.js';

const FALLOC_FL_KEEP_SIZE = 1;

export function withinQuota(outcome: Outcome): number {
  const { volume, counters, x, handler, decision } = outcome;
  const { quotas } = decision;
  const room = roomOf(counters, quotas);
  if (x.opcode === opcode.STATFS) return shrinkStatfs(x, handler(volume, x), room);
  if (isRename(x.opcode)) return withRoomMade(outcome, overwritten(volume, x));
  const wanted = growthOf(volume, x);
  if (wanted > room && !cutToFit(volume, x, room)) return refuse(counters, quotas, wanted);
  const before = footprint(volume, x);
  const result = handler(volume, x);
  if (result >= 0) grow(counters, quotas, footprint(volume, x) - before);
  return result;
}

const isRename = (op: number): boolean => op === opcode.RENAME || op === opcode.RENAME2;

function withRoomMade({ volume, counters, x, handler, decision }: Outcome, bytes: number): number {
  const result = handler(volume, x);
  if (result >= 0) grow(counters, decision.quotas, -bytes);
  return result;
}

function refuse(counters: Counters, quotas: readonly Quota[], wanted: number): number {
  for (const { slot, afterBytes } of quotas) {
    if (counters.growth(slot) + wanted > afterBytes) counters.injected(slot);
  }
  return -ENOSPC;
}

function grow(counters: Counters, quotas: readonly Quota[], bytes: number): void {
  if (bytes !== 0) for (const { slot } of quotas) counters.grow(slot, bytes);
}

/** The least that any quota leaves. */
const roomOf = (counters: Counters, quotas: readonly Quota[]): number =>
  Math.max(0, Math.min(...quotas.map(({ slot, afterBytes }) => afterBytes - counters.growth(slot))));

/** What the request would add, at most: blocks that the file does not have yet, or something for a new name. */
function growthOf(volume: Volume, x: Exchange): number {
  switch (x.opcode) {
    case opcode.WRITE:
      return bytesOf(newBlocksOf(volume, x.u64(0), x.u64(8), x.u32(16)));
    case opcode.FALLOCATE:
      return (x.u32(24) & ~FALLOC_FL_KEEP_SIZE) === 0
        ? bytesOf(newBlocksOf(volume, x.u64(0), x.u64(8), x.u64(16)))
        : 0;
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64:
      return bytesOf(newBlocksOf(volume, x.u64(24), x.u64(32), x.u64(40)));
    case opcode.MKDIR:
    case opcode.SYMLINK:
    case opcode.MKNOD:
    case opcode.CREATE:
      return 1;
    default:
      return 0;
  }
}

function newBlocksOf(volume: Volume, fh: number, offset: number, bytes: number): readonly Blocks[] {
  const fd = handleFd(volume, fh);
  if (fd < 0 || volume.statFd(fd, volume.stat) < 0) return [];
  return newBlocks(fd, volume.stat, offset, bytes);
}

/** A write that fits in part is a short write (write(2)), as on a disk that fills up. */
function cutToFit(volume: Volume, x: Exchange, room: number): boolean {
  if (x.opcode !== opcode.WRITE) return false;
  const [offset, bytes] = [x.u64(8), x.u32(16)];
  const fits = reach(newBlocksOf(volume, x.u64(0), offset, bytes), offset, room);
  if (fits <= 0) return false;
  x.putArgument32(16, Math.min(bytes, fits));
  return true;
}

/** kstatfs: blocks@0 bfree@8 bavail@16 frsize@48. */
function shrinkStatfs(x: Exchange, result: number, room: number): number {
  if (result < 0) return result;
  const blocks = Math.floor(room / Math.max(1, x.payload32(48)));
  x.set64(8, Math.min(x.payload64(8), blocks));
  x.set64(16, Math.min(x.payload64(16), blocks));
  return result;
}
