/** What the proxy is to those who bring it connections. */
import type { Endpoint } from '../../linux/inet-socket.js';
import type { Connection } from './connection.js';
import type { ConnectionFaults } from './connection-faults.js';
import type { ConnectionRuntime } from './connection-runtime.js';
import type { End } from './end.js';
import type { PortCounts } from './port-counts.js';

export interface ProxyRuntime extends ConnectionRuntime {
  readonly armed: ConnectionFaults;
  /** The addresses of the names that forwarded ports lead on to. */
  readonly upstreams: ReadonlyMap<string, readonly Endpoint[]>;
  /** Of the clients of all connections that are open. */
  readonly clientPorts: PortCounts;
  watch(end: End): void;
  adopt(connection: Connection): void;
  forget(connection: Connection): void;
  /** Of a dial that is over. */
  hangUp(dial: { close(): void }): void;
}
