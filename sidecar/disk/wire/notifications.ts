/** What we tell the kernel unasked: an out header with unique 0, the code where the error would be. */
import type { ExchangeMemory } from './exchange.js';
import { EXPIRE_ONLY, NOTIFY_INVAL_ENTRY, NOTIFY_INVAL_INODE, NOTIFY_PRUNE, NOTIFY_RESEND } from './flags.js';
import { outHeaderBytes } from './sizes.js';

/** An offset below 0 is not a page. */
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
  return writeEntry(to, { parent, name, flags: EXPIRE_ONLY });
}

function writeEntry(
  to: ExchangeMemory,
  entry: { readonly parent: number; readonly name: Uint8Array; readonly flags: number },
): number {
  const { parent, name, flags } = entry;
  const length = outHeaderBytes + 16 + name.length + 1;
  header(to, length, NOTIFY_INVAL_ENTRY);
  put64(to, 4, parent);
  to.unsigned[6] = name.length;
  to.unsigned[7] = flags;
  to.bytes.set(name, outHeaderBytes + 16);
  to.bytes[length - 1] = 0;
  return length;
}

/**
 * fuse_notify_prune_out (7.45): count u32, padding, spare u64, then the nodeids. The kernel forgets those that nobody
 * refers to, as it does when memory is short: no open file, no working directory, no watch, no child.
 */
export function writePrune(to: ExchangeMemory, inodes: readonly number[]): number {
  const length = outHeaderBytes + 16 + inodes.length * 8;
  header(to, length, NOTIFY_PRUNE);
  put64(to, 4, inodes.length);
  put64(to, 6, 0);
  for (const [index, inode] of inodes.entries()) put64(to, 8 + index * 2, inode);
  return length;
}

/**
 * fuse_notify_inval_entry_out: the name leads nowhere until it is looked up again, and what only it referred to is
 * forgotten. For files that nobody has open, before 7.45.
 */
export function writeInvalEntry(to: ExchangeMemory, parent: number, name: Uint8Array): number {
  return writeEntry(to, { parent, name, flags: 0 });
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
