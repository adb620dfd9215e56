/**
 * A client that was accepted, while the way to its server is being opened: address by address, as a client itself
 * would, where a name has several.
 */
import type { TcpConnection } from '../../../faults/operation.js';
import { EPOLLERR, EPOLLHUP, EPOLLOUT } from '../../linux/epoll.js';
import { takeError } from '../../linux/inet-socket.js';
import { total } from '../tcp-counters.js';
import { Connection } from './connection.js';
import { End, type Opening } from './end.js';
import type { Destination } from './listener.js';
import type { ProxyRuntime } from './proxy-runtime.js';
import { reachOut } from './reach-out.js';

export interface DialOptions {
  readonly house: ProxyRuntime;
  readonly client: End;
  readonly clientPort: number;
  readonly facts: TcpConnection;
  readonly ordinal: number;
  /** Tried in this order. */
  readonly destinations: readonly Destination[];
}

export class Dial implements Opening {
  private server: End | null = null;
  private tried = 0;

  constructor(private readonly options: DialOptions) {
    options.client.opening = this;
  }

  /** Tries the next address; without one, the client sees that there is nobody. */
  next(): void {
    const { house, destinations } = this.options;
    for (const destination of destinations.slice(this.tried)) {
      this.tried++;
      const fd = reachOut(destination, (port) => house.clientPorts.has(port));
      if (fd < 0) continue;
      this.server = new End(fd);
      this.server.opening = this;
      house.watch(this.server);
      return;
    }
    house.counters.add(total.upstreamFailures, 1);
    this.close();
  }

  note(end: End, events: number): void {
    const isGone = (events & (EPOLLERR | EPOLLHUP)) !== 0;
    if (end === this.options.client) {
      if (isGone) this.close();
    } else if (isGone && takeError(end.fd) !== 0) {
      this.drop(end);
      this.next();
    } else if (isGone || (events & EPOLLOUT) !== 0) this.answered(end);
  }

  /** Accepted sockets linger for 0 seconds, so that close(2) alone is a reset. */
  close(): void {
    if (this.server) this.drop(this.server);
    this.drop(this.options.client);
    this.options.house.hangUp(this);
  }

  private answered(server: End): void {
    const { house, client, clientPort, facts, ordinal } = this.options;
    house.hangUp(this);
    house.clientPorts.add(clientPort);
    const connection = new Connection({
      ...{ facts, client, server, ordinal },
      passage: house,
      verdicts: house.armed.verdictsOn(facts),
      sharedShapers: (fault) => house.armed.shapersOf(fault),
      onClose: (closed) => {
        house.clientPorts.remove(clientPort);
        house.forget(closed);
      },
    });
    house.adopt(connection);
    connection.open();
  }

  private drop(end: End): void {
    end.opening = null;
    this.options.house.closeLater(end.fd);
  }
}
