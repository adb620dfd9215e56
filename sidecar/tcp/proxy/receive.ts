/** Takes a connection that was accepted: decides what faults do to it, and opens the other half. */

import type { CompiledTcpFault } from '../../../faults/compile-tcp.js';
import type { Endpoint } from '../../linux/inet-socket.js';
import { acceptedPeer, localEndpoint } from '../../linux/inet-socket.js';
import { libc } from '../../linux/libc.js';
import { total } from '../tcp-counters.js';
import type { ArmedFaults } from './armed-faults.js';
import { Connection } from './connection.js';
import { End } from './end.js';
import { destinationOf, factsOf, type Listener } from './listener.js';
import type { Passage } from './passage.js';
import type { PortCounts } from './port-counts.js';
import { reachOut } from './reach-out.js';
import { show, type Verdict } from './verdict.js';

export interface House extends Passage {
  readonly armed: ArmedFaults;
  readonly upstreams: ReadonlyMap<string, Endpoint>;
  /** Slots of `refuse` faults that netfilter applies to what it hands to us. */
  readonly refusedByKernel: ReadonlySet<number>;
  /** Of the clients of all connections that are open. */
  readonly clientPorts: PortCounts;
  adopt(connection: Connection, ends: readonly End[]): void;
  forget(connection: Connection): void;
}

/** Accepted sockets linger for 0 seconds, so that close(2) alone is a refusal: the client sees RST. */
export function receive(house: House, listener: Listener, fd: number): void {
  const { counters, armed } = house;
  const peer = acceptedPeer();
  const accepted = { peer, local: listener.kind === 'forward' ? peer : localEndpoint(fd) };
  counters.add(total.accepted, 1);
  const facts = factsOf(listener, accepted, (address) => armed.isNode(address));
  const destination = destinationOf(listener, accepted, house.upstreams);
  const isKernels = (fault: CompiledTcpFault): boolean =>
    listener.kind !== 'forward' && house.refusedByKernel.has(fault.slot);
  const verdicts = armed.verdictsOn(facts, isKernels);
  if (destination === null) counters.add(total.upstreamFailures, 1);
  if (destination === null || isRefused(verdicts, house)) {
    libc.close(fd);
    return;
  }
  const serverFd = reachOut(destination, (port) => house.clientPorts.has(port));
  if (serverFd < 0) {
    counters.add(total.upstreamFailures, 1);
    libc.close(fd);
    return;
  }
  const [client, server] = [new End(fd), new End(serverFd)];
  const connection = new Connection({
    facts,
    client,
    server,
    verdicts,
    ordinal: counters.total(total.accepted),
    passage: house,
    sharedShaper: (verdict, way) => armed.shaperOf(verdict, way),
    onClose: (closed) => {
      house.clientPorts.remove(peer.port);
      house.forget(closed);
    },
  });
  house.clientPorts.add(peer.port);
  house.adopt(connection, [client, server]);
}

function isRefused(verdicts: ReadonlyMap<string, Verdict>, { counters }: Passage): boolean {
  for (const verdict of verdicts.values()) {
    if (verdict.fault.effect.kind !== 'refuse' || verdict.outcome !== 'hit') continue;
    show(verdict, counters);
    return true;
  }
  return false;
}
