/** What the TCP proxy tells of itself, for the status page and the metrics. */
import type { Conntrack } from './netfilter/conntrack.js';

export interface TcpStatus {
  readonly forwards: readonly {
    readonly listen: string;
    readonly upstream: string;
  }[];
  readonly interception: InterceptionStatus | null;
  readonly restarts: number;
  readonly open: number;
  readonly accepted: number;
  /** Connections whose server refused or could not be reached. */
  readonly upstreamFailures: number;
  readonly resets: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly heldBytes: number;
  /** Connections that were refused, for want of descriptors. */
  readonly exhausted: number;
  readonly disarmedBy: string | null;
}

export interface InterceptionStatus {
  readonly inboundPorts: readonly number[];
  readonly outboundPorts: readonly number[];
  /** Addresses that are spared unless a sentence says `node`. */
  readonly node: readonly string[];
  /** Times somebody else had changed our rules, and they were recreated. */
  readonly mended: number;
  /** Entries of the kernel's connection table, and how many fit; null where that cannot be seen. */
  readonly conntrack: Conntrack | null;
}
