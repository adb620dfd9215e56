/** What the file that a request is about takes on disk: what a quota counts, before and after. */
import { RENAME_EXCHANGE, S_IFDIR, S_IFMT } from '../../linux/constants.js';
import { access } from '../passthrough/attributes.js';
import { handleFd } from '../passthrough/handles.js';
import type { Volume } from '../volume.js';
import type { Exchange } from '../wire/exchange.js';
import { opcode } from '../wire/opcodes.js';

/** Bytes; 0 for a name that leads nowhere, or to a file that has others. */
export function footprint(volume: Volume, x: Exchange): number {
  switch (x.opcode) {
    case opcode.WRITE:
    case opcode.FALLOCATE:
      return ofHandle(volume, x.u64(0));
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64:
      return ofHandle(volume, x.u64(24));
    case opcode.UNLINK:
    case opcode.RMDIR:
    case opcode.SYMLINK:
      return ofName(volume, x.nodeid, x.argument(0));
    case opcode.MKDIR:
      return ofName(volume, x.nodeid, x.argument(8));
    case opcode.MKNOD:
    case opcode.CREATE:
      return ofName(volume, x.nodeid, x.argument(16));
    default:
      return access(volume, x) < 0 ? 0 : volume.stat.allocatedBytes;
  }
}

/** What a rename removes: the file that had the new name. Renaming a file over itself, or exchanging two, removes nothing. */
export function overwritten(volume: Volume, x: Exchange): number {
  if (x.opcode === opcode.RENAME2 && (x.u32(8) & RENAME_EXCHANGE) !== 0) return 0;
  const nameAt = x.opcode === opcode.RENAME ? 8 : 16;
  const oldName = x.name(nameAt);
  return ofName(volume, x.u64(0), x.argument(nameAt + oldName.length + 1));
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
