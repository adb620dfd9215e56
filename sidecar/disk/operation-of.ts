/** A request of the kernel, in the words of the language of faults. */

import { type DiskOperation, type DiskVerb, diskVerbs } from '../../faults/operation.js';
import { modifies } from './effects/readonly.js';
import type { Paths } from './paths.js';
import { nameAt } from './wire/arguments.js';
import type { Exchange } from './wire/exchange.js';
import { opcode, opcodeCount } from './wire/opcodes.js';

/** RELEASE, FORGET and INTERRUPT have no verb: nobody waits for them, and nobody could tell. */
const verbNames: Partial<Record<keyof typeof opcode, DiskVerb>> = {
  LOOKUP: 'lookup',
  GETATTR: 'getattr',
  STATX: 'getattr',
  SETATTR: 'setattr',
  READLINK: 'readlink',
  SYMLINK: 'symlink',
  MKNOD: 'mknod',
  MKDIR: 'mkdir',
  UNLINK: 'unlink',
  RMDIR: 'rmdir',
  RENAME: 'rename',
  RENAME2: 'rename',
  LINK: 'link',
  OPEN: 'open',
  CREATE: 'create',
  TMPFILE: 'tmpfile',
  READ: 'read',
  WRITE: 'write',
  FLUSH: 'flush',
  FSYNC: 'fsync',
  FSYNCDIR: 'fsyncdir',
  SYNCFS: 'syncfs',
  STATFS: 'statfs',
  OPENDIR: 'opendir',
  READDIR: 'readdir',
  READDIRPLUS: 'readdir',
  SETXATTR: 'setxattr',
  GETXATTR: 'getxattr',
  LISTXATTR: 'listxattr',
  REMOVEXATTR: 'removexattr',
  ACCESS: 'access',
  FALLOCATE: 'fallocate',
  LSEEK: 'lseek',
  COPY_FILE_RANGE: 'copy_file_range',
  COPY_FILE_RANGE_64: 'copy_file_range',
};

/** Index into `diskVerbs` by opcode, or -1. */
export const verbIndexOf: Int8Array = (() => {
  const table = new Int8Array(opcodeCount).fill(-1);
  for (const [name, verb] of Object.entries(verbNames)) {
    table[opcode[name as keyof typeof opcode]] = diskVerbs.indexOf(verb);
  }
  return table;
})();

export const verbOf = (op: number): DiskVerb | undefined => diskVerbs[verbIndexOf[op] ?? -1];

export interface OperationOptions {
  readonly volume: string;
  readonly verb: DiskVerb;
  /** Null where no armed fault looks at paths: working them out is then saved. */
  readonly paths: Paths | null;
}

export function operationOf(request: Exchange, { volume, verb, paths }: OperationOptions): DiskOperation {
  const other = paths ? otherPathOf(request, paths) : undefined;
  return {
    plane: 'disk',
    verb,
    volume,
    path: paths ? pathOf(request, paths) : '',
    ...(other === undefined ? {} : { otherPath: other }),
    modifies: modifies(request, verb),
    offset: verb === 'read' || verb === 'write' ? request.u64(8) : 0,
    bytes: bytesOf(request, verb),
  };
}

function bytesOf(request: Exchange, verb: DiskVerb): number {
  switch (verb) {
    case 'read':
    case 'write':
      return request.u32(16);
    case 'fallocate':
      return request.u64(16);
    case 'copy_file_range':
      return request.u64(40);
    default:
      return 0;
  }
}

function pathOf(request: Exchange, paths: Paths): string {
  const at = nameAt[request.opcode];
  return at === undefined ? paths.of(request.nodeid) : paths.below(request.nodeid, request.name(at));
}

function otherPathOf(request: Exchange, paths: Paths): string | undefined {
  switch (request.opcode) {
    case opcode.RENAME:
    case opcode.RENAME2: {
      const at = request.opcode === opcode.RENAME ? 8 : 16;
      return paths.below(request.u64(0), request.name(at + request.name(at).length + 1));
    }
    case opcode.LINK:
      return paths.of(request.u64(0));
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64:
      return paths.of(request.u64(16));
    default:
      return undefined;
  }
}
