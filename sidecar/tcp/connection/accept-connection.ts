/** Takes a connection that was accepted: refuses it where a fault does, else opens the other half. */

import type { TcpConnection } from '../../../faults/operation.js';
import { acceptedPeer, localEndpoint } from '../../linux/inet-socket.js';
import { libc } from '../../linux/libc.js';
import { isForKernel } from '../netfilter/fault-rules.js';
import { total } from '../tcp-counters.js';
import { countHitOnce } from './connection-fault.js';
import { Dial } from './dial.js';
import { destinationsOf, factsOf, type Listener } from './listener.js';
import { isOverOnceOpen, meetFault } from './meet-fault.js';
import type { ProxyRuntime } from './proxy-runtime.js';
import { ProxySocket } from './proxy-socket.js';

/** Null where the connection is over already. Accepted sockets linger for 0 seconds: close(2) alone is a refusal. */
export function acceptConnection(runtime: ProxyRuntime, listener: Listener, fd: number): Dial | null {
  const { counters, armed } = runtime;
  const peer = acceptedPeer();
  const accepted = { peer, local: listener.kind === 'forward' ? peer : localEndpoint(fd) };
  counters.add(total.accepted, 1);
  const facts = factsOf(listener, accepted, (address) => armed.isNode(address));
  if (isRefused(runtime, listener, facts)) {
    libc.close(fd);
    return null;
  }
  const client = new ProxySocket(fd);
  runtime.watch(client);
  return new Dial({
    ...{ runtime, client, facts },
    clientPort: peer.port,
    ordinal: counters.total(total.accepted),
    destinations: destinationsOf(listener, accepted, runtime.upstreamsOf),
  });
}

/** What was intercepted has passed the kernel's own refusals. */
function isRefused({ armed, counters }: ProxyRuntime, { kind }: Listener, facts: TcpConnection): boolean {
  for (const fault of armed.faults) {
    if (!isOverOnceOpen(fault) || (kind !== 'forward' && isForKernel(fault))) continue;
    const met = meetFault(facts, fault, counters);
    if (met?.outcome !== 'hit') continue;
    countHitOnce(met, counters);
    return true;
  }
  return false;
}
