/**
 * `disk short N`: a read or a write that asks for more gets N bytes, as a signal or a full pipe would have it.
 *
 * What fills the page cache is never cut: the kernel takes a short answer there for the end of the file, and shows
 * zeros where there is data. A file that was opened before the fault is such: its reads match and pass.
 */
import { O_DIRECT } from '../../linux/constants.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';
import type { Outcome } from './outcome.js';

/** O_DIRECT moves whole blocks: what is cut to less than one passes. */
const directBlock = 4096;
/** Where `size` stands in both read_in and write_in. */
const sizeAt = 16;

export function cut({ volume, counters, x, decision: { cuts } }: Outcome): void {
  if (cuts.length === 0 || (x.opcode !== opcode.READ && x.opcode !== opcode.WRITE)) return;
  if (x.opcode === opcode.READ && fillsCache(volume, x)) return;
  const bytes = Math.min(...cuts.map((each) => each.bytes));
  const fits = isDirect(volume, x) ? Math.floor(bytes / directBlock) * directBlock : bytes;
  if (fits === 0 || fits >= x.u32(sizeAt)) return;
  x.putArgument32(sizeAt, fits);
  for (const { slot } of cuts) counters.injected(slot);
}

const isDirect = ({ handles }: Volume, x: Exchange): boolean => (handles.flags(x.u64(0)) & O_DIRECT) !== 0;

const fillsCache = (volume: Volume, x: Exchange): boolean =>
  !volume.handles.isDirect(x.u64(0)) && !isDirect(volume, x);
