/** Which requests may wait for the disk beneath, while their thread can do nothing else. */
import { O_DIRECT } from '../linux/constants.js';
import type { Volume } from './volume.js';
import type { Exchange } from './wire/exchange.js';
import { opcode } from './wire/opcodes.js';

/** O_DSYNC is one of O_SYNC's bits, the same on every processor that Node runs on. */
const O_DSYNC = 0o10000;

/** Who writes as much at once is the first whom the kernel has wait for dirty pages to be written. */
const throttledBytes = 128 * 1024;

/** What is not said to is done soon, or says so itself: a read first looks at the page cache. */
export function mayTakeLong(volume: Volume, request: Exchange): boolean {
  switch (request.opcode) {
    case opcode.FSYNC:
    case opcode.FSYNCDIR:
    case opcode.SYNCFS:
    case opcode.FALLOCATE:
    case opcode.COPY_FILE_RANGE:
    case opcode.COPY_FILE_RANGE_64:
    case opcode.READDIR:
    case opcode.READDIRPLUS:
    case opcode.SETATTR:
    case opcode.OPEN:
    case opcode.UNLINK:
    case opcode.RMDIR:
    case opcode.RENAME:
    case opcode.RENAME2:
    case opcode.SETXATTR:
      return true;
    case opcode.READ:
      return (volume.handles.flags(request.u64(0)) & O_DIRECT) !== 0;
    case opcode.WRITE:
      return (
        request.u32(16) >= throttledBytes ||
        (volume.handles.flags(request.u64(0)) & (O_DIRECT | O_DSYNC)) !== 0
      );
    default:
      return false;
  }
}
