/**
 * Unix sockets of whole messages (SOCK_SEQPACKET) that carry descriptors (SCM_RIGHTS): how the holder and
 * the fault proxy, in two containers, share /dev/fuse, memory and files. A message that was sent is kept by the
 * kernel, descriptors and all, even when its sender dies at once.
 */
import { lstatSync, unlinkSync } from 'node:fs';
import { HavocError } from '../../core/havoc-error.js';
import { EADDRINUSE, EAGAIN, ECONNREFUSED, EINTR, errnoName } from './errno.js';
import { errno, libc } from './libc.js';
import { allocate, type Memory } from './memory.js';

const AF_UNIX = 1;
const SOCK_SEQPACKET_CLOEXEC = 5 | 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const SO_PEERCRED = 17;
/** Of struct ucred: pid, uid, gid. */
const credentialsBytes = 12;
const MSG_NOSIGNAL = 0x4000;
const MSG_DONTWAIT = 0x40;
const MSG_CMSG_CLOEXEC = 0x40000000;
const POLLIN = 1;
const POLLOUT = 4;

const longestMessage = 4096;
const mostDescriptors = 64;

/** struct msghdr (56 bytes), iovec, control and data, in one piece of memory. */
const layout = { header: 0, vector: 64, control: 128, data: 1024 } as const;
const controlBytes = 16 + mostDescriptors * 4;

export type Received =
  | { readonly kind: 'message'; readonly text: string; readonly descriptors: readonly number[] }
  /** Nothing came in time. */
  | { readonly kind: 'nothing' }
  /** The other side is gone. */
  | { readonly kind: 'end' };

let own: Memory | undefined;
const buffer = (): Memory => {
  own ??= allocate(layout.data + longestMessage);
  return own;
};

/** For this user alone. A socket that nobody listens at any more, as a process that was killed leaves it, is replaced. */
export function listenAt(path: string): number {
  const fd = bindable(SOCK_NONBLOCK);
  // bind(2) makes the file with the socket's own mode.
  libc.fchmod(fd, 0o600);
  let refusal = bind(fd, path);
  if (refusal === EADDRINUSE && isAbandoned(path)) {
    unlinkSync(path);
    refusal = bind(fd, path);
  }
  if (refusal !== 0) throw failure('bind', { path, fd, refusal });
  if (libc.listen(fd, 8) < 0) throw failure('listen', { path, fd, refusal: errno() });
  return fd;
}

/** 0, or why not. */
const bind = (fd: number, path: string): number => (libc.bind(fd, ...address(path)) < 0 ? errno() : 0);

export function connectTo(path: string): number {
  const fd = bindable(0);
  if (libc.connect(fd, ...address(path)) < 0) throw failure('connect', { path, fd, refusal: errno() });
  return fd;
}

/** The accepted connection, or -1 when none waits. */
export const acceptFrom = (listener: number): number => libc.accept4(listener, 0, 0, 0o2000000);

/** Who connected, as the kernel saw it then; -1 where it does not say. */
export function peerUid(fd: number): number {
  const { address, unsigned } = buffer();
  unsigned[layout.control / 4] = credentialsBytes;
  const uidAt = layout.control / 4 + 2;
  const result = libc.getsockopt(
    fd,
    SOL_SOCKET,
    SO_PEERCRED,
    address + (uidAt - 1) * 4,
    address + layout.control,
  );
  return result < 0 ? -1 : (unsigned[uidAt] ?? -1);
}

/** Sends one message whole. Waits at most `timeoutMs` for room; false when there was none or nobody listens. */
export function send(
  fd: number,
  text: string,
  descriptors: readonly number[] = [],
  timeoutMs = 1000,
): boolean {
  prepare(Buffer.from(text), descriptors);
  const memory = buffer();
  for (;;) {
    if (libc.sendmsg(fd, memory.address + layout.header, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return true;
    if (errno() === EINTR) continue;
    if (errno() !== EAGAIN || !waitFor(fd, POLLOUT, timeoutMs)) return false;
    prepare(Buffer.from(text), descriptors);
  }
}

/** The next message, waited for at most `timeoutMs`. */
export function receive(fd: number, timeoutMs: number): Received {
  const memory = buffer();
  for (;;) {
    prepare(nothing, noDescriptors);
    const bytes = libc.recvmsg(fd, memory.address + layout.header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (bytes > 0)
      return { kind: 'message', text: textOf(memory, bytes), descriptors: descriptorsOf(memory) };
    if (bytes === 0) return { kind: 'end' };
    if (errno() === EINTR) continue;
    if (errno() !== EAGAIN) return { kind: 'end' };
    if (!waitFor(fd, POLLIN, timeoutMs)) return { kind: 'nothing' };
  }
}

const nothing = new Uint8Array(longestMessage);
const noDescriptors: readonly number[] = new Array<number>(mostDescriptors).fill(-1);

/** Waits until `fd` is ready for `events`; false when `timeoutMs` passed first. */
function waitFor(fd: number, events: number, timeoutMs: number): boolean {
  const memory = buffer();
  memory.words[layout.vector / 4 + 8] = fd;
  memory.words[layout.vector / 4 + 9] = events;
  return libc.poll(memory.address + layout.vector + 32, 1, timeoutMs) > 0;
}

/** Lays out msghdr{name, namelen, iov, iovlen, control, controllen, flags} around data and descriptors. */
function prepare(data: Uint8Array, descriptors: readonly number[]): void {
  const { address, bytes, words, longs } = buffer();
  bytes.set(data, layout.data);
  bytes.fill(0, 0, layout.vector);
  longs[layout.vector / 8] = BigInt(address + layout.data);
  longs[layout.vector / 8 + 1] = BigInt(data.length);
  longs[2] = BigInt(address + layout.vector);
  longs[3] = 1n;
  if (descriptors.length === 0) return;
  longs[4] = BigInt(address + layout.control);
  longs[5] = BigInt(16 + descriptors.length * 4);
  longs[layout.control / 8] = BigInt(16 + descriptors.length * 4);
  words[layout.control / 4 + 2] = SOL_SOCKET;
  words[layout.control / 4 + 3] = SCM_RIGHTS;
  words.set(descriptors, layout.control / 4 + 4);
}

const textOf = (memory: Memory, bytes: number): string =>
  Buffer.from(memory.bytes.subarray(layout.data, layout.data + bytes)).toString();

function descriptorsOf({ words, longs }: Memory): number[] {
  if (Number(longs[5]) < 16) return [];
  const bytes = Math.min(Number(longs[layout.control / 8]), controlBytes);
  const first = layout.control / 4 + 4;
  return [...words.subarray(first, first + (bytes - 16) / 4)];
}

/** A file that is not a socket refuses a connection too: it is somebody's. */
const isAbandoned = (path: string): boolean => socketState(path) === 'abandoned';

/** Asked by connecting, and not waited for. `other`: no socket, or not to be asked. */
export function socketState(path: string): 'listens' | 'busy' | 'abandoned' | 'missing' | 'other' {
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (file === undefined) return 'missing';
  if (!file.isSocket()) return 'other';
  const fd = bindable(SOCK_NONBLOCK);
  const refusal = libc.connect(fd, ...address(path)) < 0 ? errno() : 0;
  libc.close(fd);
  if (refusal === 0) return 'listens';
  if (refusal === EAGAIN) return 'busy';
  return refusal === ECONNREFUSED ? 'abandoned' : 'other';
}

function bindable(flags: number): number {
  const fd = libc.socket(AF_UNIX, SOCK_SEQPACKET_CLOEXEC | flags, 0);
  if (fd < 0) throw new HavocError('socket.failed', `cannot make a unix socket: ${errnoName(errno())}`);
  return fd;
}

/** struct sockaddr_un: the family, then at most 107 bytes of path and a NUL. */
function address(path: string): [pointer: number, bytes: number] {
  const name = Buffer.from(path);
  if (name.length > 107) {
    throw new HavocError(
      'socket.path-too-long',
      `${path}: a unix socket's path has at most 107 bytes, this one ${name.length}`,
    );
  }
  const memory = buffer();
  memory.bytes[layout.data] = AF_UNIX;
  memory.bytes[layout.data + 1] = 0;
  memory.bytes.set(name, layout.data + 2);
  memory.bytes[layout.data + 2 + name.length] = 0;
  return [memory.address + layout.data, name.length + 3];
}

interface Refused {
  readonly path: string;
  readonly fd: number;
  readonly refusal: number;
}

function failure(step: string, { path, fd, refusal }: Refused): HavocError {
  libc.close(fd);
  return new HavocError('socket.failed', `cannot ${step} ${path}: ${errnoName(refusal)}`);
}
