/** `disk short N`: a read or a write that asks for more gets N bytes, as a signal or a full pipe would have it. */
import { field } from '../state/volume-state.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';

/** Where `size` stands in both read_in and write_in. */
const sizeAt = 16;

export function cut(volume: Volume, x: Exchange, bytes: number): void {
  if (x.opcode !== opcode.READ && x.opcode !== opcode.WRITE) return;
  if (x.u32(sizeAt) <= bytes) return;
  x.putArgument32(sizeAt, bytes);
  if (x.opcode === opcode.READ) volume.options.state.header[field.sizesDoubted] = 1;
}
