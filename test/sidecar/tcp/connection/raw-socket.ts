/** A TCP socket driven by plain system calls, without an event loop: what each call said is what a program would see. */
import { EAGAIN, errnoName } from '../../../../sidecar/linux/errno.js';
import {
  accept,
  acceptedPeer,
  connectTo,
  type Endpoint,
  familyOf,
  listenOn,
  localEndpoint,
  MSG_NOSIGNAL,
  openSocket,
  SHUT_WR,
  setLinger,
  takeError,
} from '../../../../sidecar/linux/inet-socket.js';
import { errno, libc } from '../../../../sidecar/linux/libc.js';
import { allocate } from '../../../../sidecar/linux/memory.js';

const buffer = allocate(1024 * 1024);

/** What a read gave: bytes, nothing yet, the end, or the name of an error. */
export type Read = Buffer | 'nothing' | 'end' | `E${string}`;

export class RawSocket {
  private constructor(readonly fd: number) {}

  static connect(endpoint: Endpoint): RawSocket {
    const socket = new RawSocket(openSocket(familyOf(endpoint)));
    connectTo(socket.fd, endpoint);
    return socket;
  }

  /** Null when nobody waits. */
  static acceptFrom(listener: Listening): RawSocket | null {
    const fd = accept(listener.fd);
    if (fd < 0) return null;
    listener.lastPeer = acceptedPeer();
    return new RawSocket(fd);
  }

  read(most = 1024 * 1024, flags = 0): Read {
    const count = libc.recv(this.fd, buffer.address, Math.min(most, buffer.bytes.length), flags);
    if (count > 0) return Buffer.from(buffer.bytes.subarray(0, count));
    if (count === 0) return 'end';
    return errno() === EAGAIN ? 'nothing' : (errnoName(errno()) as Read);
  }

  /** How much was taken; 0 when there was no room; the name of an error. */
  write(bytes: Uint8Array, flags = 0): number | string {
    const sent = libc.sendBytes(this.fd, bytes, bytes.length, MSG_NOSIGNAL | flags);
    if (sent >= 0) return sent;
    return errno() === EAGAIN ? 0 : errnoName(errno());
  }

  /** The end, while it still listens. */
  endWriting(): void {
    libc.shutdown(this.fd, SHUT_WR);
  }

  reset(): void {
    setLinger(this.fd, 0);
    this.close();
  }

  /** The error it has met, taken from it; null: none. */
  error(): string | null {
    const code = takeError(this.fd);
    return code === 0 ? null : errnoName(code);
  }

  close(): void {
    libc.close(this.fd);
  }
}

export class Listening {
  readonly fd: number;
  lastPeer: Endpoint | null = null;

  /** What a program accepts ends in order; what the proxy does, lingers as its own listeners say. */
  constructor(whose: 'program' | 'proxy') {
    this.fd = listenOn({ bytes: [127, 0, 0, 1], port: 0, scope: 0 });
    if (whose === 'program') setLinger(this.fd, null);
  }

  get endpoint(): Endpoint {
    return localEndpoint(this.fd);
  }

  close(): void {
    libc.close(this.fd);
  }
}
