/** Loaded into every process and thread of a sidecar: a bug in statfs, to see what becomes of the faults. */
import type { Handler } from '../../../sidecar/disk/passthrough/handler.js';
import { handlers } from '../../../sidecar/disk/passthrough/handlers.js';
import { opcode } from '../../../sidecar/disk/wire/opcodes.js';

(handlers as (Handler | undefined)[])[opcode.STATFS] = () => {
  throw new Error('sabotage');
};
