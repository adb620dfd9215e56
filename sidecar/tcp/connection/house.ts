/** What the proxy is to those who bring it connections. */
import type { Endpoint } from '../../linux/inet-socket.js';
import type { ArmedFaults } from './armed-faults.js';
import type { Connection } from './connection.js';
import type { End } from './end.js';
import type { Passage } from './passage.js';
import type { PortCounts } from './port-counts.js';

export interface House extends Passage {
  readonly armed: ArmedFaults;
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
