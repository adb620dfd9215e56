/** As many connections at once as this machine has descriptors for, up to 10,000: kept apart, faulted, and reset. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { descriptorLimit, raiseDescriptorLimit } from '../../../sidecar/linux/limits.js';
import { startShipped } from '../../shipped.js';
import { Control } from '../mounted/control.js';
import { until } from '../mounted/until.js';
import { Listening, RawSocket } from '../tcp/connection/raw-socket.js';
import { freePort } from './ports.js';

const wanted = 10_000;
/** Both ends of each are ours here; the proxy has as many, and keeps some for itself. */
const room = 400;

interface Call {
  readonly client: RawSocket;
  readonly server: RawSocket;
}

test('thousands of connections at once are kept apart, meet a fault all together, and are reset all together', async (t) => {
  raiseDescriptorLimit();
  const count = Math.min(wanted, Math.floor((descriptorLimit() - room) / 2));
  const backend = new Listening('program');
  const port = await freePort();
  const sidecar = await startShipped({
    disks: [],
    forwards: [{ host: '127.0.0.1', port, upstream: { host: '127.0.0.1', port: backend.endpoint.port } }],
  });
  const control = new Control(sidecar.controlUrl);
  const calls: Call[] = [];
  const before = residentKiB(sidecar.proxyPid());
  try {
    for (let made = 0; made < count; made++) calls.push(await call(port, backend));
    const perConnection = (residentKiB(sidecar.proxyPid()) - before) / count;
    t.diagnostic(`${count} connections, ${perConnection.toFixed(1)} KiB each`);
    await saysItsNumber(calls);
    await control.arm('lag', 'tcp latency 10ms');
    await saysItsNumber(calls);
    assert.equal((await control.fault('lag')).tallies.injected >= count * 2, true);
    await control.arm('cut', 'tcp reset');
    for (const { client, server } of calls) {
      for (const socket of [client, server]) await until(() => socket.error() === 'ECONNRESET');
    }
    assert.equal((await control.fault('cut')).tallies.injected, count);
  } finally {
    for (const { client, server } of calls) {
      client.close();
      server.close();
    }
    backend.close();
    await sidecar.close();
  }
});

async function call(port: number, backend: Listening): Promise<Call> {
  const client = RawSocket.connect({ bytes: [127, 0, 0, 1], port, scope: 0 });
  let server: RawSocket | null = null;
  await until(() => {
    server = RawSocket.acceptFrom(backend);
    return server !== null;
  });
  assert.ok(server);
  return { client, server };
}

/** Each client its own, heard by its own server, and answered. */
async function saysItsNumber(calls: readonly Call[]): Promise<void> {
  for (const [index, { client }] of calls.entries()) client.write(Buffer.from(`${index} asks`));
  for (const [index, { server }] of calls.entries()) await hears(server, `${index} asks`);
  for (const [index, { server }] of calls.entries()) server.write(Buffer.from(`${index} gets`));
  for (const [index, { client }] of calls.entries()) await hears(client, `${index} gets`);
}

async function hears(socket: RawSocket, due: string): Promise<void> {
  let heard = '';
  await until(() => {
    const read = socket.read(due.length - heard.length);
    if (typeof read !== 'string') heard += read.toString();
    else assert.equal(read, 'nothing');
    return heard.length === due.length;
  });
  assert.equal(heard, due);
}

function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}
