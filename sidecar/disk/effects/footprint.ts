/** What the file that a request is about takes on disk: what a quota counts, before and after. */
import { RENAME_EXCHANGE, S_IFDIR, S_IFMT } from '../../linux/constants.js';
import { access } from '../passthrough/attributes.js';
import { handleFd } from '../passthrough/handles.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';

/** Bytes; 0 for a name that leads nowhere, or to a file that has others. */
export function footprint(volume: Volume, request: Exchange): number {
  switch (request.opcode) {
    case opcode.WRITE:
    case opcode.FALLOCATE:
      return ofHandle(volume, request.u64(0));
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64:
      return ofHandle(volume, request.u64(24));
    case opcode.UNLINK:
    case opcode.RMDIR:
    case opcode.SYMLINK:
      return ofName(volume, request.nodeid, request.argument(0));
    case opcode.MKDIR:
      return ofName(volume, request.nodeid, request.argument(8));
    case opcode.MKNOD:
    case opcode.CREATE:
      return ofName(volume, request.nodeid, request.argument(16));
    default:
      return access(volume, request) < 0 ? 0 : volume.stat.allocatedBytes;
  }
}

/** What a rename removes: the file that had the new name. Renaming a file over itself, or exchanging two, removes nothing. */
export function overwritten(volume: Volume, request: Exchange): number {
  if (request.opcode === opcode.RENAME2 && (request.u32(8) & RENAME_EXCHANGE) !== 0) return 0;
  const nameAt = request.opcode === opcode.RENAME ? 8 : 16;
  const oldName = request.name(nameAt);
  return ofName(volume, request.u64(0), request.argument(nameAt + oldName.length + 1));
}

function ofHandle(volume: Volume, fh: number): number {
  const fd = handleFd(volume, fh);
  return fd < 0 || volume.statFd(fd, volume.stat) < 0 ? 0 : volume.stat.allocatedBytes;
}

function ofName(volume: Volume, parent: number, name: number): number {
  const fd = volume.fdOf(parent);
  if (fd < 0 || volume.statAt(fd, name, volume.stat) < 0) return 0;
  const { mode, nlink, allocatedBytes } = volume.stat;
  const isDirectory = (mode & S_IFMT) === S_IFDIR;
  return nlink > 1 && !isDirectory ? 0 : allocatedBytes;
}
