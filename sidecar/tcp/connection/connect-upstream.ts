/** Opens the connection that leads on to the server, from the address of the client where that is to be seen. */
import { EADDRINUSE, EADDRNOTAVAIL, EINPROGRESS } from '../../linux/errno.js';
import {
  bindTo,
  connectTo,
  type Endpoint,
  familyOf,
  IP_BIND_ADDRESS_NO_PORT,
  openSocket,
  SO_KEEPALIVE,
  SO_MARK,
  SO_REUSEADDR,
  SOL_IP,
  SOL_SOCKET,
  SOL_TCP,
  setLinger,
  setOption,
  setTransparent,
  TCP_NODELAY,
} from '../../linux/inet-socket.js';
import { errno, libc } from '../../linux/libc.js';
import { mark } from '../netfilter/marks.js';
import type { Destination } from './listener.js';

/**
 * A socket that is connecting; or, negated, the errno with which it could not even begin. `isTaken` are ports from which
 * some client is connected: ours towards the server must be another, or the kernel would take one for the other.
 */
export function connectUpstream(
  { endpoint, source, isForeign }: Destination,
  isTaken: (port: number) => boolean,
): number {
  if (source === null || !isForeign) return attempt(endpoint, source);
  for (let tries = 0; tries < mostTries; tries++) {
    const port = nextForeignPort();
    if (isTaken(port)) continue;
    const reached = attempt(endpoint, { ...source, port });
    if (reached !== -EADDRINUSE && reached !== -EADDRNOTAVAIL) return reached;
  }
  return attempt(endpoint, source);
}

/**
 * Below what clients usually choose from (net.ipv4.ip_local_port_range): a client that later took the same port for
 * a connection of its own would meet this one.
 */
const foreignPorts = { first: 10_000, count: 22_768 } as const;
const mostTries = 64;
let lastForeign = Math.floor(Math.random() * foreignPorts.count);

function nextForeignPort(): number {
  lastForeign = (lastForeign + 1) % foreignPorts.count;
  return foreignPorts.first + lastForeign;
}

/** With port 0 the kernel chooses one when it connects, which may serve for many servers. */
function attempt(endpoint: Endpoint, source: Endpoint | null): number {
  const fd = openSocket(familyOf(endpoint));
  if (fd < 0) return -errno();
  setOption(fd, SOL_TCP, TCP_NODELAY, 1);
  setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  setLinger(fd, 0);
  const isBound = source === null || bindFor(fd, source);
  if (isBound && (connectTo(fd, endpoint) === 0 || errno() === EINPROGRESS)) return fd;
  const why = errno();
  libc.close(fd);
  return -why;
}

function bindFor(fd: number, source: Endpoint): boolean {
  if (setTransparent(fd, familyOf(source)) < 0) return false;
  if (setOption(fd, SOL_SOCKET, SO_MARK, mark.ours) < 0) return false;
  if (source.port === 0) setOption(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  else setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  return bindTo(fd, source) === 0;
}
