/** What all connections of the proxy's thread share, from the moment they are accepted to their end. */
import type { CompiledTcpFault } from '../../../faults/compile-tcp.js';
import type { Endpoint } from '../../linux/inet-socket.js';
import type { TcpCounters } from '../tcp-counters.js';
import type { Buffers } from './buffers.js';
import type { ConnectionFaults } from './connection-faults.js';
import type { PortCounts } from './port-counts.js';
import type { ProxySocket, Runnable } from './proxy-socket.js';
import type { Timers } from './timers.js';

export interface ProxyRuntime {
  readonly buffers: Buffers;
  readonly timers: Timers;
  readonly counters: TcpCounters;
  readonly armed: ConnectionFaults;
  /** Of the clients of all connections that are open. */
  readonly clientPorts: PortCounts;
  /** Milliseconds that no clock step moves. */
  readonly nowMs: () => number;
  /** The addresses of a name that forwarded ports lead on to. */
  readonly upstreamsOf: (name: string) => readonly Endpoint[];
  /** Runs it later in this turn, or in the next. */
  readonly schedule: (runnable: Runnable) => void;
  /** Has the events of a socket noted. */
  readonly watch: (socket: ProxySocket) => void;
  /** Ends a descriptor once nothing can mean its number any more. */
  readonly closeLater: (fd: number) => void;
  /** An error of ours: nothing is faulted any more. */
  readonly crash: (error: unknown) => void;
  /** Of connections that are open. */
  readonly adopt: (connection: OpenConnection) => void;
  readonly forget: (connection: OpenConnection) => void;
  /** Of a dial that is over. */
  readonly hangUp: (dial: OpenDial) => void;
}

export interface OpenConnection {
  /** What is armed has changed; `armed` are the keys of the faults. */
  applyFaults(faults: readonly CompiledTcpFault[], armed: ReadonlySet<string>): void;
  reset(): void;
}

export interface OpenDial {
  close(): void;
}
