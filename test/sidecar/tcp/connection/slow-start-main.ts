/** Starts a proxy whose owner gets no processor for longer than a change of faults may take; says `taken` once it has taken the first. */
import { DescriptorBudget } from '../../../../sidecar/proxy/descriptor-budget.js';
import { proxyTimeouts } from '../../../../sidecar/proxy/timeouts.js';
import { ProxyPort } from '../../../../sidecar/tcp/connection/proxy-port.js';
import { TcpCounters } from '../../../../sidecar/tcp/tcp-counters.js';

const nothing = { faults: [], known: { node: [], names: new Map() }, upstreams: new Map() };

const fail = (error: unknown): never => {
  throw new Error('the proxy is gone', { cause: error });
};
const proxy = new ProxyPort({
  listeners: [],
  countersFd: TcpCounters.create(),
  descriptors: DescriptorBudget.of({ limit: 1024, volumes: 0, hasNetwork: true, hasReadOnlyPort: false }),
  onCrash: fail,
  onDeath: fail,
});
const taken = proxy.publish(nothing);
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, proxyTimeouts.tcpTakesMs + 200);
await taken.then(
  () => console.log('taken'),
  (error: unknown) => console.log(String(error)),
);
// A thread that waits in the kernel would keep `process.exit` waiting.
process.kill(process.pid, 'SIGKILL');
