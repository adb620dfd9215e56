/** Requests as the kernel would send them, and replies taken apart, for tests that are not about the bytes. */
import { opcode } from '../../../sidecar/disk/wire/opcodes.js';
import type { OpenedVolume } from './opened-volume.js';

export interface RequestOptions {
  readonly nodeid?: number | bigint;
  readonly unique?: bigint;
  readonly uid?: number;
  readonly gid?: number;
  readonly pid?: number;
}

export type OpcodeName = keyof typeof opcode;

/** Root's inode. */
export const root = 1;
/** The kernel hands a request out once more: bit 63 of its number. */
export const resent = 1n << 63n;

let lastUnique = 0n;

/** `length` of the header is worked out; the number is a new one but where it is given. */
export function request(
  name: OpcodeName | number,
  { nodeid = root, unique, uid, gid, pid = process.pid }: RequestOptions,
  ...parts: readonly Uint8Array[]
): Buffer {
  const body = Buffer.concat(parts);
  lastUnique += 2n;
  const header = Buffer.concat([
    u32(40 + body.length, typeof name === 'number' ? name : opcode[name]),
    u64(unique ?? lastUnique, nodeid),
    u32(uid ?? process.getuid?.() ?? 0, gid ?? process.getgid?.() ?? 0, pid, 0),
  ]);
  return Buffer.concat([header, body]);
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, index * 4);
  return bytes;
}

export function u64(...values: readonly (number | bigint)[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries())
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), index * 8);
  return bytes;
}

/** NUL-ended names, one after the other. */
export const names = (...all: readonly string[]): Buffer =>
  Buffer.from(all.map((name) => `${name}\0`).join(''));

export interface Reply {
  readonly length: number;
  /** Negated errno, or 0. */
  readonly error: number;
  readonly unique: bigint;
  readonly payload: Buffer;
}

export function replyOf(bytes: Buffer | null): Reply {
  if (bytes === null) throw new Error('there is no reply');
  return {
    length: bytes.readUInt32LE(0),
    error: bytes.readInt32LE(4),
    unique: bytes.readBigUInt64LE(8),
    payload: bytes.subarray(16),
  };
}

export const ask = (volume: OpenedVolume, frame: Uint8Array): Reply => replyOf(volume.serve(frame));

/** fuse_entry_out: nodeid u64@0, attr@40 with its mode@60. */
export const nodeidOf = ({ payload }: Reply): number => Number(payload.readBigUInt64LE(0));
/** fuse_open_out, alone or behind an entry. */
export const handleOf = ({ payload }: Reply): number =>
  Number(payload.readBigUInt64LE(payload.length === 16 ? 0 : 128));

export const lookUp = (volume: OpenedVolume, name: string, nodeid = root): Reply =>
  ask(volume, request('LOOKUP', { nodeid }, names(name)));

/** open_in: flags, open_flags. */
export const openFile = (volume: OpenedVolume, nodeid: number, flags: number): Reply =>
  ask(volume, request('OPEN', { nodeid }, u32(flags, 0)));

/** create_in: flags, mode, umask, open_flags, name. */
export const createFile = (volume: OpenedVolume, name: string, flags: number, nodeid = root): Reply =>
  ask(volume, request('CREATE', { nodeid }, u32(flags, 0o100644, 0o022, 0), names(name)));

/** read_in: fh, offset, size, read_flags, lock_owner, flags, padding. */
export const readFrame = (nodeid: number, fh: number, offset: number, size: number, how = 0): Buffer =>
  request('READ', { nodeid }, u64(fh, offset), u32(size, how), u64(0), u32(0, 0));

/** write_in as read_in, then the data. */
export const writeFrame = (nodeid: number, fh: number, offset: number, data: Uint8Array, how = 0): Buffer =>
  request('WRITE', { nodeid }, u64(fh, offset), u32(data.length, how), u64(0), u32(0, 0), data);

/** release_in: fh, flags, release_flags, lock_owner. */
export const releaseFrame = (nodeid: number, fh: number, unique?: bigint): Buffer =>
  request('RELEASE', { nodeid, ...(unique === undefined ? {} : { unique }) }, u64(fh), u32(0, 0), u64(0));
