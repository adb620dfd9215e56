/** What the TCP proxy is told when it is started. Its sockets are its supervisor's, who keeps them over its death. */
import type { HostAndPort } from '../../core/host-and-port.js';

export interface TcpConfig {
  readonly forwards: readonly ForwardConfig[];
  readonly interception: InterceptionConfig | null;
  /** Of the counters' memory. */
  readonly countersFd: number;
}

/** `--listen [HOST:]PORT=HOST:PORT`. */
export interface ForwardRequest {
  /** An address. */
  readonly host: string;
  readonly port: number;
  /** A name or an address. */
  readonly upstream: HostAndPort;
}

export interface ForwardConfig extends ForwardRequest {
  /** Of the listening socket. */
  readonly fd: number;
}

/** Connections of this network namespace that are taken without anybody knowing. */
export interface InterceptionRequest {
  readonly inboundPorts: readonly number[];
  readonly outboundPorts: readonly number[];
  /** Of the pod's host, beside the gateways that the routes name. */
  readonly nodeAddresses: readonly string[];
  /** Of the sidecar's own, which no fault reaches; null: there is none. */
  readonly readOnlyPort: number | null;
}

export interface InterceptionConfig extends InterceptionRequest {
  readonly tproxyListeners: readonly TproxyListener[];
}

/** Where TPROXY hands connections over: a socket on the loopback, for one family and one kind of connection. */
export interface TproxyListener {
  readonly fd: number;
  readonly family: 'ipv4' | 'ipv6';
  readonly kind: 'inbound' | 'outbound';
  readonly port: number;
}
