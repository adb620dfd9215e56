/**
 * TCP sockets of IPv4 and IPv6 through plain system calls: addresses as bytes, options by the kernel's names
 * (include/uapi/linux/{in,in6,tcp}.h), nothing that allocates on the way of a connection.
 */

import { HavocError } from '../../core/havoc-error.js';
import { writeHostAndPort } from '../../core/host-and-port.js';
import { writeAddress as writeIp } from '../../faults/values/address.js';
import { EACCES, EADDRINUSE, EPERM, errnoName } from './errno.js';
import { errno, libc } from './libc.js';
import { allocate, type Memory } from './memory.js';

export const AF_INET = 2;
export const AF_INET6 = 10;
export type Family = typeof AF_INET | typeof AF_INET6;

const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_KEEPALIVE = 9;
export const SO_LINGER = 13;
export const SO_MARK = 36;
export const SOL_IP = 0;
export const IP_TRANSPARENT = 19;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const SOL_TCP = 6;
export const TCP_NODELAY = 1;
export const SOL_IPV6 = 41;
export const IPV6_V6ONLY = 26;
export const IPV6_TRANSPARENT = 75;
export const MSG_OOB = 1;
/** For recv(2) on TCP: what is read is thrown away. */
export const MSG_TRUNC = 0x20;
export const MSG_NOSIGNAL = 0x4000;
export const SHUT_WR = 1;
export const SIOCATMARK = 0x8905;
export const SIOCINQ = 0x541b;
export const SIOCOUTQ = 0x5411;

/** An address and a port. `bytes` is 4 or 16 long; `scope` tells link-local IPv6 addresses apart. */
export interface Endpoint {
  readonly bytes: readonly number[];
  readonly port: number;
  readonly scope: number;
}

export const familyOf = ({ bytes }: Pick<Endpoint, 'bytes'>): Family =>
  bytes.length === 4 ? AF_INET : AF_INET6;

/** struct sockaddr_in6 is 28 bytes; behind it its length, and the value of an option. */
const lengthAt = 32;
const valueAt = 40;
let own: Memory | undefined;
const memory = (): Memory => {
  own ??= allocate(4096);
  return own;
};

export const openSocket = (family: Family): number =>
  libc.socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

/** The accepted connection, or -1: `errno()` says why. */
export function accept(listener: number): number {
  const { address, words } = memory();
  words[lengthAt / 4] = 28;
  return libc.accept4(listener, address, address + lengthAt, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/** Of the connection that `accept` gave last. */
export const acceptedPeer = (): Endpoint => readAddress(memory());

/** What the socket is bound to: of a connection taken by TPROXY, where its client wanted to go. */
export function localEndpoint(fd: number): Endpoint {
  const { address, words } = memory();
  words[lengthAt / 4] = 28;
  if (libc.getsockname(fd, address, address + lengthAt) < 0) throw failure('getsockname');
  return readAddress(memory());
}

export const bindTo = (fd: number, endpoint: Endpoint): number =>
  libc.bind(fd, memory().address, writeAddress(memory(), endpoint));

export const connectTo = (fd: number, endpoint: Endpoint): number =>
  libc.connect(fd, memory().address, writeAddress(memory(), endpoint));

/** Sets an option whose value is one int. */
export function setOption(fd: number, level: number, option: number, value: number): number {
  const { address, words } = memory();
  words[valueAt / 4] = value;
  return libc.setsockopt(fd, level, option, address + valueAt, 4);
}

/** With `seconds` 0 close(2) resets the connection; null: it ends it in order. */
export function setLinger(fd: number, seconds: number | null): number {
  const { address, words } = memory();
  words[valueAt / 4] = seconds === null ? 0 : 1;
  words[valueAt / 4 + 1] = seconds ?? 0;
  return libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, address + valueAt, 8);
}

/** The errno with which a connection failed, taken from it; 0 when it did not. */
export function takeError(fd: number): number {
  const { address, words } = memory();
  words[lengthAt / 4] = 4;
  if (libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, address + valueAt, address + lengthAt) < 0) return errno();
  return words[valueAt / 4] ?? 0;
}

/** An int that an ioctl answers with, as SIOCOUTQ; -1 when it failed. */
export function askInt(fd: number, request: number): number {
  const { address, words } = memory();
  return libc.ioctl(fd, request, address + valueAt) < 0 ? -1 : (words[valueAt / 4] ?? -1);
}

export interface ListenOptions {
  /** Takes connections that TPROXY hands to it, whatever address they are for (CAP_NET_ADMIN). */
  readonly transparent?: boolean;
  /** What it accepts ends in order at close(2), and is not reset: what was written arrives. */
  readonly endsInOrder?: boolean;
}

const backlog = 4096;

/**
 * A listening socket. What it accepts inherits from it: no delay, keepalive, and by default a close(2) that resets, so that
 * the death of this process never looks like an orderly end. Throws `tcp.in-use`, `tcp.forbidden` or `tcp.listen`.
 */
export function listenOn(
  endpoint: Endpoint,
  { transparent = false, endsInOrder = false }: ListenOptions = {},
): number {
  const family = familyOf(endpoint);
  const fd = openSocket(family);
  if (fd < 0) throw failure('socket');
  const steps = [
    () => setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1),
    // Where everybody may come in, IPv4 does too, whatever net.ipv6.bindv6only says.
    () => (family === AF_INET6 ? setOption(fd, SOL_IPV6, IPV6_V6ONLY, 0) : 0),
    () => (transparent ? setTransparent(fd, family) : 0),
    () => setOption(fd, SOL_TCP, TCP_NODELAY, 1),
    () => setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1),
    () => (endsInOrder ? 0 : setLinger(fd, 0)),
    () => bindTo(fd, endpoint),
    () => libc.listen(fd, backlog),
  ];
  for (const step of steps) {
    if (step() >= 0) continue;
    const why = listenFailure(endpoint);
    libc.close(fd);
    throw why;
  }
  return fd;
}

function listenFailure({ bytes, port }: Endpoint): HavocError {
  const why = errno();
  const place = writeHostAndPort({ host: writeIp(bytes), port });
  if (why === EADDRINUSE) return new HavocError('tcp.in-use', `something else listens at ${place}`);
  if (why === EPERM || why === EACCES) {
    return new HavocError(
      'tcp.forbidden',
      `may not listen at ${place}: CAP_NET_ADMIN or CAP_NET_BIND_SERVICE is missing`,
    );
  }
  return new HavocError('tcp.listen', `cannot listen at ${place}: ${errnoName(why)}`);
}

/** Lets a socket be bound to, and receive for, an address that is not ours (CAP_NET_ADMIN). */
export const setTransparent = (fd: number, family: Family): number =>
  family === AF_INET
    ? setOption(fd, SOL_IP, IP_TRANSPARENT, 1)
    : setOption(fd, SOL_IPV6, IPV6_TRANSPARENT, 1);

function failure(call: string): HavocError {
  const name = errnoName(errno());
  return new HavocError('tcp.socket', `${call} failed: ${name}`);
}

function readAddress({ bytes, unsigned, words }: Memory): Endpoint {
  const port = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  const family = (words[0] ?? 0) & 0xffff;
  if (family === AF_INET) return { bytes: [...bytes.subarray(4, 8)], port, scope: 0 };
  return { bytes: [...bytes.subarray(8, 24)], port, scope: unsigned[24 / 4] ?? 0 };
}

/** Returns the length of what it wrote. */
function writeAddress({ bytes, words, unsigned }: Memory, endpoint: Endpoint): number {
  const family = familyOf(endpoint);
  words.fill(0, 0, 7);
  words[0] = family;
  bytes[2] = endpoint.port >> 8;
  bytes[3] = endpoint.port & 0xff;
  bytes.set(endpoint.bytes, family === AF_INET ? 4 : 8);
  if (family === AF_INET) return 16;
  unsigned[24 / 4] = endpoint.scope;
  return 28;
}
