/** Where connections come in, and where each of them goes on to. */
import { assertNever } from '../../../core/assert-never.js';
import type { TcpConnection } from '../../../faults/operation.js';
import { mappedIpv4 } from '../../../faults/values/address.js';
import type { Endpoint } from '../../linux/inet-socket.js';

export type Listener =
  /** Goes on to where the command line says. */
  | { readonly kind: 'forward'; readonly fd: number; readonly port: number; readonly upstream: string }
  /** TPROXY hands over what comes in to these ports of this namespace, or what goes out to them. */
  | { readonly kind: 'inbound' | 'outbound'; readonly fd: number; readonly ports: readonly number[] };

export interface Accepted {
  readonly peer: Endpoint;
  /** Where the client wanted to go; of `forward`, where it got. */
  readonly local: Endpoint;
}

export interface Destination {
  readonly endpoint: Endpoint;
  /** Whose address the connection goes on with; null: our own. */
  readonly source: Endpoint | null;
  /** Is the source another host, which chooses ports of its own? */
  readonly isForeign: boolean;
}

/** None: nobody may go there, as one who found the port that only TPROXY is to use; or the name has no address. */
export function destinationsOf(
  listener: Listener,
  { peer, local }: Accepted,
  upstreamsOf: (name: string) => readonly Endpoint[],
): readonly Destination[] {
  switch (listener.kind) {
    case 'forward': {
      return upstreamsOf(listener.upstream).map((endpoint) => ({ endpoint, source: null, isForeign: false }));
    }
    case 'inbound':
    case 'outbound':
      if (!listener.ports.includes(local.port)) return [];
      return [{ endpoint: local, source: { ...peer, port: 0 }, isForeign: listener.kind === 'inbound' }];
    default:
      return assertNever(listener);
  }
}

/** How faults see the connection. */
export function factsOf(
  listener: Listener,
  { peer, local }: Accepted,
  isNode: (address: readonly number[]) => boolean,
): TcpConnection {
  const isOut = listener.kind === 'outbound';
  const other = isOut ? local.bytes : peer.bytes;
  const address = mappedIpv4(other) ?? other;
  const port = listener.kind === 'forward' ? listener.port : local.port;
  return {
    plane: 'tcp',
    opened: isOut ? 'out' : 'in',
    port,
    peer: address,
    isNode: isNode(address),
  };
}
