/** The three sorts of file lock: POSIX (of a process), OFD (of an open file description) and flock. */
import { checked, libc } from './call.js';

const calls = {
  fcntl: libc.func('int fcntl(int fd, int command, ...)'),
  flock: libc.func('int flock(int fd, int operation)'),
};

export type LockKind = 'read' | 'write' | 'unlock';
export type LockOwner = 'process' | 'description';

export interface LockRange {
  readonly kind: LockKind;
  readonly start: number;
  /** 0: to the end of the file, however far it grows. */
  readonly length: number;
}

const kinds: Record<LockKind, number> = { read: 0, write: 1, unlock: 2 };
const kindNames: readonly LockKind[] = ['read', 'write', 'unlock'];
const commands = {
  process: { get: 5, set: 6, wait: 7 },
  description: { get: 36, set: 37, wait: 38 },
};

/** Fails with EAGAIN when another holds a conflicting lock. */
export function setLock(fd: number, owner: LockOwner, range: LockRange): void {
  checked('fcntl', calls.fcntl(fd, commands[owner].set, 'void *', encode(range)));
}

/** Blocks the thread until the lock is had. */
export function waitLock(fd: number, owner: LockOwner, range: LockRange): void {
  checked('fcntl', calls.fcntl(fd, commands[owner].wait, 'void *', encode(range)));
}

/** The first lock in the way of `range`; its kind is `unlock` when there is none. `pid` is -1 for an OFD lock. */
export function getLock(
  fd: number,
  owner: LockOwner,
  range: LockRange,
): LockRange & { readonly pid: number } {
  const bytes = encode(range);
  checked('fcntl', calls.fcntl(fd, commands[owner].get, 'void *', bytes));
  const kind = kindNames[bytes.readInt16LE(0)] ?? 'unlock';
  return {
    kind,
    start: Number(bytes.readBigInt64LE(8)),
    length: Number(bytes.readBigInt64LE(16)),
    pid: bytes.readInt32LE(24),
  };
}

export type FlockOperation = 'shared' | 'exclusive' | 'unlock';

const flockOperations: Record<FlockOperation, number> = { shared: 1, exclusive: 2, unlock: 8 };

/** Never waits: EAGAIN when another description holds a conflicting lock. */
export function flock(fd: number, operation: FlockOperation): void {
  const nonBlocking = 4;
  checked('flock', calls.flock(fd, flockOperations[operation] | nonBlocking));
}

export function waitFlock(fd: number, operation: FlockOperation): void {
  checked('flock', calls.flock(fd, flockOperations[operation]));
}

/** F_GETFL: the status flags of the description. */
export function statusFlags(fd: number): number {
  return checked('fcntl', calls.fcntl(fd, 3));
}

export type Lease = 'read' | 'write' | 'none';

/** F_SETLEASE; EAGAIN when others have the file open in a way that conflicts. */
export function setLease(fd: number, lease: Lease): void {
  const values: Record<Lease, number> = { read: 0, write: 1, none: 2 };
  checked('fcntl', calls.fcntl(fd, 1024, 'int', values[lease]));
}

function encode(range: LockRange): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeInt16LE(kinds[range.kind], 0);
  bytes.writeBigInt64LE(BigInt(range.start), 8);
  bytes.writeBigInt64LE(BigInt(range.length), 16);
  return bytes;
}
