/**
 * The two directions of a connection, as we see it between its client and its server. Sentences see it from the peer,
 * who is the client of what comes in and the server of what goes out.
 *
 *                    from the peer (`from`)   to the peer (`to`)
 *     opened `in`    to the server            to the client
 *     opened `out`   to the client            to the server
 */
import type { Ways } from '../../../faults/compile-tcp.js';
import type { TcpConnection } from '../../../faults/operation.js';

export type Direction = 'toServer' | 'toClient';

export type Directions = Readonly<Record<Direction, boolean>>;

/** As the peer sees it: towards us, or from us. */
export type PeerWay = keyof Ways;

export const peerWayOf = (direction: Direction, { opened }: TcpConnection): PeerWay =>
  (direction === 'toServer') === (opened === 'in') ? 'inward' : 'outward';

export const directionsOf = (ways: Ways, connection: TcpConnection): Directions => ({
  toServer: ways[peerWayOf('toServer', connection)],
  toClient: ways[peerWayOf('toClient', connection)],
});
