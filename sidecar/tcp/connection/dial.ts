/**
 * A client that was accepted, while the way to its server is being opened: address by address, as a client itself
 * would, where a name has several.
 */
import type { TcpConnection } from '../../../faults/operation.js';
import { EPOLLERR, EPOLLHUP, EPOLLOUT } from '../../linux/epoll.js';
import { takeError } from '../../linux/inet-socket.js';
import { total } from '../tcp-counters.js';
import { connectUpstream } from './connect-upstream.js';
import { Connection } from './connection.js';
import type { Destination } from './listener.js';
import type { OpenDial, ProxyRuntime } from './proxy-runtime.js';
import { type Opening, ProxySocket } from './proxy-socket.js';

export interface DialOptions {
  readonly runtime: ProxyRuntime;
  readonly client: ProxySocket;
  readonly clientPort: number;
  readonly facts: TcpConnection;
  readonly ordinal: number;
  /** Tried in this order. */
  readonly destinations: readonly Destination[];
}

export class Dial implements Opening, OpenDial {
  #server: ProxySocket | null = null;
  #tried = 0;
  readonly #options: DialOptions;

  constructor(options: DialOptions) {
    this.#options = options;
    options.client.opening = this;
  }

  /** Tries the next address; without one, the client sees that there is nobody. */
  next(): void {
    const { runtime, destinations } = this.#options;
    for (const destination of destinations.slice(this.#tried)) {
      this.#tried++;
      const fd = connectUpstream(destination, (port) => runtime.clientPorts.has(port));
      if (fd < 0) continue;
      this.#server = new ProxySocket(fd);
      this.#server.opening = this;
      runtime.watch(this.#server);
      return;
    }
    runtime.counters.add(total.upstreamFailures, 1);
    this.close();
  }

  note(socket: ProxySocket, events: number): void {
    const isGone = (events & (EPOLLERR | EPOLLHUP)) !== 0;
    if (socket === this.#options.client) {
      if (isGone) this.close();
    } else if (isGone && takeError(socket.fd) !== 0) {
      this.#drop(socket);
      this.next();
    } else if (isGone || (events & EPOLLOUT) !== 0) this.#answered(socket);
  }

  /** Accepted sockets linger for 0 seconds, so that close(2) alone is a reset. */
  close(): void {
    if (this.#server) this.#drop(this.#server);
    this.#drop(this.#options.client);
    this.#options.runtime.hangUp(this);
  }

  #answered(server: ProxySocket): void {
    const { runtime, client, clientPort, facts, ordinal } = this.#options;
    runtime.hangUp(this);
    runtime.clientPorts.add(clientPort);
    const connection = new Connection({
      ...{ facts, client, server, ordinal, runtime },
      faults: runtime.armed.faultsOn(facts),
      onClose: (closed) => {
        runtime.clientPorts.remove(clientPort);
        runtime.forget(closed);
      },
    });
    runtime.adopt(connection);
    connection.open();
  }

  #drop(socket: ProxySocket): void {
    socket.opening = null;
    this.#options.runtime.closeLater(socket.fd);
  }
}
