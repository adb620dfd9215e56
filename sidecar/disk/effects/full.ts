/**
 * `disk full after SIZE`: ENOSPC once the matched files have grown by SIZE. Growth is counted in what files
 * take on disk, before and after each request; freeing space, by truncating, punching or removing, gives it back.
 */
import type { Quota } from '../../../faults/decision.js';
import { ENOSPC } from '../../linux/errno.js';
import { handleFd } from '../passthrough/handles.js';
import { isCountTold } from '../passthrough/kernel-use.js';
import { copyAtOnce } from '../passthrough/space.js';
import type { Counters } from '../state/counters.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';
import { footprint, overwritten } from './footprint.js';
import { type Blocks, bytesOf, newBlocks, reach } from './new-blocks.js';
import type { Outcome } from './outcome.js';

const FALLOC_FL_PUNCH_HOLE = 2;

export function full(outcome: Outcome, carryOn: () => number): number {
  return outcome.decision.quotas.length > 0 ? withinQuota(outcome, carryOn) : carryOn();
}

function withinQuota(outcome: Outcome, carryOn: () => number): number {
  const { volume, counters, x, decision } = outcome;
  const { quotas } = decision;
  const room = roomOf(counters, quotas);
  if (x.opcode === opcode.STATFS) return shrinkStatfs(x, carryOn(), room);
  if (isRename(x.opcode)) return withRoomMade(outcome, overwritten(volume, x), carryOn);
  const wanted = growthOf(volume, x);
  if (wanted > room) {
    for (const { slot, afterBytes } of quotas) {
      if (counters.growth(slot) + wanted > afterBytes) counters.injected(slot);
    }
    if (!cutToFit(volume, x, room)) return -ENOSPC;
  }
  const before = footprint(volume, x);
  const result = carryOn();
  if (result >= 0) grow(counters, quotas, footprint(volume, x) - before);
  return result;
}

const isRename = (op: number): boolean => op === opcode.RENAME || op === opcode.RENAME2;

function withRoomMade({ counters, decision }: Outcome, bytes: number, carryOn: () => number): number {
  const result = carryOn();
  if (result >= 0) grow(counters, decision.quotas, -bytes);
  return result;
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
      return (x.u32(24) & FALLOC_FL_PUNCH_HOLE) === 0
        ? bytesOf(newBlocksOf(volume, x.u64(0), x.u64(8), x.u64(16)))
        : 0;
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64:
      return bytesOf(newBlocksOf(volume, x.u64(24), x.u64(32), copyBytes(x)));
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

/**
 * A write or a copy that fits in part is a short one (write(2)), as on a disk that fills up; but where nobody would be
 * told so it is refused whole.
 */
function cutToFit(volume: Volume, x: Exchange, room: number): boolean {
  switch (x.opcode) {
    case opcode.WRITE: {
      if (!isCountTold(volume, x)) return false;
      const fits = fitting(volume, { fh: x.u64(0), offset: x.u64(8), bytes: x.u32(16) }, room);
      if (fits > 0) x.putArgument32(16, fits);
      return fits > 0;
    }
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64: {
      const fits = fitting(volume, { fh: x.u64(24), offset: x.u64(32), bytes: copyBytes(x) }, room);
      if (fits > 0) x.putArgument64(40, fits);
      return fits > 0;
    }
    default:
      return false;
  }
}

interface Range {
  readonly fh: number;
  readonly offset: number;
  readonly bytes: number;
}

/** How much of the range there is room for, from its start. */
const fitting = (volume: Volume, { fh, offset, bytes }: Range, room: number): number =>
  Math.min(bytes, reach(newBlocksOf(volume, fh, offset, bytes), offset, room));

/** What one copy_file_range request moves at most. */
const copyBytes = (x: Exchange): number => Math.min(x.u64(40), copyAtOnce);

/** kstatfs: blocks@0 bfree@8 bavail@16 frsize@48. */
function shrinkStatfs(x: Exchange, result: number, room: number): number {
  if (result < 0) return result;
  const blocks = Math.floor(room / Math.max(1, x.payload32(48)));
  x.set64(8, Math.min(x.payload64(8), blocks));
  x.set64(16, Math.min(x.payload64(16), blocks));
  return result;
}
