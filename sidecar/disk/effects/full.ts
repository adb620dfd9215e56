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
  const { volume, counters, request, decision } = outcome;
  const { quotas } = decision;
  const room = roomOf(counters, quotas);
  if (request.opcode === opcode.STATFS) return shrinkStatfs(request, carryOn(), room);
  if (isRename(request.opcode)) return withRoomMade(outcome, overwritten(volume, request), carryOn);
  const wanted = growthOf(volume, request);
  if (wanted > room) {
    for (const { slot, afterBytes } of quotas) {
      if (counters.growth(slot) + wanted > afterBytes) counters.injected(slot);
    }
    if (!cutToFit(volume, request, room)) return -ENOSPC;
  }
  const before = footprint(volume, request);
  const result = carryOn();
  if (result >= 0) grow(counters, quotas, footprint(volume, request) - before);
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
function growthOf(volume: Volume, request: Exchange): number {
  switch (request.opcode) {
    case opcode.WRITE:
      return bytesOf(newBlocksOf(volume, request.u64(0), request.u64(8), request.u32(16)));
    case opcode.FALLOCATE:
      return (request.u32(24) & FALLOC_FL_PUNCH_HOLE) === 0
        ? bytesOf(newBlocksOf(volume, request.u64(0), request.u64(8), request.u64(16)))
        : 0;
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64:
      return bytesOf(newBlocksOf(volume, request.u64(24), request.u64(32), copyBytes(request)));
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
function cutToFit(volume: Volume, request: Exchange, room: number): boolean {
  switch (request.opcode) {
    case opcode.WRITE: {
      if (!isCountTold(volume, request)) return false;
      const fits = fitting(
        volume,
        { fh: request.u64(0), offset: request.u64(8), bytes: request.u32(16) },
        room,
      );
      if (fits > 0) request.putArgument32(16, fits);
      return fits > 0;
    }
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64: {
      const fits = fitting(
        volume,
        { fh: request.u64(24), offset: request.u64(32), bytes: copyBytes(request) },
        room,
      );
      if (fits > 0) request.putArgument64(40, fits);
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
const copyBytes = (request: Exchange): number => Math.min(request.u64(40), copyAtOnce);

/** kstatfs: blocks@0 bfree@8 bavail@16 frsize@48. */
function shrinkStatfs(request: Exchange, result: number, room: number): number {
  if (result < 0) return result;
  const blocks = Math.floor(room / Math.max(1, request.payload32(48)));
  request.set64(8, Math.min(request.payload64(8), blocks));
  request.set64(16, Math.min(request.payload64(16), blocks));
  return result;
}
