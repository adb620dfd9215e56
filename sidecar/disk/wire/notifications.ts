/** What we tell the kernel unasked: an out header with unique 0, the code where the error would be. */
import type { ExchangeMemory } from './exchange.js';
import { EXPIRE_ONLY, NOTIFY_INVAL_ENTRY, NOTIFY_INVAL_INODE, NOTIFY_RESEND } from './flags.js';
import { outHeaderBytes } from './sizes.js';

/** An offset below 0 is no page. */
export const attributesAlone = -1;

/** fuse_notify_inval_inode_out: ino, off i64, len i64; len 0 is to the end, off below 0 the attributes alone. */
export function writeInvalInode(
  to: ExchangeMemory,
  { inode, offset, bytes }: { readonly inode: number; readonly offset: number; readonly bytes: number },
): number {
  header(to, outHeaderBytes + 24, NOTIFY_INVAL_INODE);
  put64(to, 4, inode);
  put64(to, 6, offset);
  put64(to, 8, bytes);
  return outHeaderBytes + 24;
}

/**
 * fuse_notify_inval_entry_out with FUSE_EXPIRE_ONLY (7.38): parent, namelen u32, flags u32, then name and NUL. The
 * name is looked up again at its next use; without the flag a working directory would lose its path.
 */
export function writeExpireEntry(to: ExchangeMemory, parent: number, name: Uint8Array): number {
  const length = outHeaderBytes + 16 + name.length + 1;
  header(to, length, NOTIFY_INVAL_ENTRY);
  put64(to, 4, parent);
  to.unsigned[6] = name.length;
  to.unsigned[7] = EXPIRE_ONLY;
  to.bytes.set(name, outHeaderBytes + 16);
  to.bytes[length - 1] = 0;
  return length;
}

/** Asks for every request that was handed out and not answered, once more. */
export function writeResend(to: ExchangeMemory): number {
  header(to, outHeaderBytes, NOTIFY_RESEND);
  return outHeaderBytes;
}

/** A reply without payload, for a request of which only the number is known. */
export function writeError(
  to: ExchangeMemory,
  unique: readonly [low: number, high: number],
  errno: number,
): number {
  header(to, outHeaderBytes, -errno);
  to.unsigned[2] = unique[0];
  to.unsigned[3] = unique[1];
  return outHeaderBytes;
}

function header(to: ExchangeMemory, length: number, code: number): void {
  to.unsigned[0] = length;
  to.words[1] = code;
  to.unsigned[2] = 0;
  to.unsigned[3] = 0;
}

function put64(to: ExchangeMemory, word: number, value: number): void {
  to.unsigned[word] = value;
  to.unsigned[word + 1] = Math.floor(value / 2 ** 32);
}
