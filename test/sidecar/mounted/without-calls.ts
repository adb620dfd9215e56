/** Loaded into every process and thread of a sidecar: a file system that knows some requests no more, and says ENOSYS. */
import type { Handler } from '../../../sidecar/disk/passthrough/handler.js';
import { handlers } from '../../../sidecar/disk/passthrough/handlers.js';
import { opcode } from '../../../sidecar/disk/wire/opcodes.js';

for (const name of ['CREATE', 'MKNOD', 'MKDIR', 'SYMLINK', 'UNLINK', 'RMDIR', 'SETATTR', 'READLINK'] as const)
  (handlers as (Handler | undefined)[])[opcode[name]] = undefined;
