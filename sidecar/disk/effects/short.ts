/**
 * `disk short N`: a read, a write or a copy that asks for more gets N bytes, as a signal or a full pipe would have it.
 *
 * Cut is what a program is told the count of. What is left whole matches and passes: what goes through the page cache
 * of a file that was opened before the fault, what is read and written of a mapping, and a write with O_DIRECT. The
 * kernel takes a short answer there for the end of the file, for a whole one, or for EIO.
 */
import { O_DIRECT } from '../../linux/constants.js';
import { fillsPageCache, isCountTold } from '../passthrough/kernel-use.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';
import type { Outcome } from './outcome.js';

/** O_DIRECT moves whole blocks: what is cut to less than one passes. */
const directBlock = 4096;
/** Where `size` stands in both read_in and write_in, and `len` in copy_file_range_in. */
const sizeAt = 16;
const lengthAt = 40;

export function short(outcome: Outcome, carryOn: () => number): number {
  if (outcome.decision.cuts.length > 0) cut(outcome);
  return carryOn();
}

function cut({ volume, counters, request, decision: { cuts } }: Outcome): void {
  const bytes = Math.min(...cuts.map((each) => each.bytes));
  if (!cutTo(volume, request, bytes)) return;
  for (const { slot } of cuts) counters.injected(slot);
}

/** Was there something to cut off? */
function cutTo(volume: Volume, request: Exchange, bytes: number): boolean {
  switch (request.opcode) {
    case opcode.READ:
      return isReadTold(volume, request) && cutTransfer(volume, request, bytes);
    case opcode.WRITE:
      return isCountTold(volume, request) && cutTransfer(volume, request, bytes);
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64:
      if (bytes >= request.u64(lengthAt)) return false;
      request.putArgument64(lengthAt, bytes);
      return true;
    default:
      return false;
  }
}

function cutTransfer({ handles }: Volume, request: Exchange, bytes: number): boolean {
  const isDirect = (handles.flags(request.u64(0)) & O_DIRECT) !== 0;
  const fits = isDirect ? Math.floor(bytes / directBlock) * directBlock : bytes;
  if (fits === 0 || fits >= request.u32(sizeAt)) return false;
  request.putArgument32(sizeAt, fits);
  return true;
}

/** With O_DIRECT alone the kernel reads the rest through the page cache before it returns. */
const isReadTold = ({ handles }: Volume, request: Exchange): boolean =>
  !fillsPageCache(request) && handles.isDirect(request.u64(0));
