/** The thread of the read-only port beside a main thread that has better to do. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../../../core/clock.js';
import { createPages, type Pages } from '../../../../sidecar/control/pages.js';
import { readOnlyLimits } from '../../../../sidecar/control/read-only/read-only-limits.js';
import { serveReadOnly } from '../../../../sidecar/control/read-only/read-only-port.js';
import { listenOn, localEndpoint } from '../../../../sidecar/linux/inet-socket.js';
import { slowdown } from '../../../slowdown.js';
import { assertShape } from '../documented.js';
import { someFacts, startedControl } from '../started-control.js';

interface Served {
  readonly url: string;
  readonly port: number;
}

function served(t: TestContext, pages: Pages, log: Parameters<typeof serveReadOnly>[0]['log']): Served {
  const fd = listenOn({ bytes: [127, 0, 0, 1], port: 0, scope: 0 }, { endsInOrder: true });
  const close = serveReadOnly({ fd, connections: 64, pages, log });
  t.after(close);
  const { port } = localEndpoint(fd);
  return { url: `http://127.0.0.1:${port}`, port };
}

test('it shows the list that the control endpoint shows, and the same metrics', async (t) => {
  const control = await startedControl(t);
  const { registry, log, clock, send } = control;
  const { url } = served(t, createPages({ registry, facts: someFacts, clock }), log);
  await send('PUT', '/v1/faults/slow', { body: { sentence: 'disk latency 200ms on fsync for 5m' } });
  const response = await fetch(`${url}/v1/faults`);
  const body: unknown = await response.json();
  assert.deepEqual(body, (await send('GET', '/v1/faults')).body);
  assertShape(['components', 'schemas', 'FaultList'], { body }, 'the list');
  assert.match(await (await fetch(`${url}/metrics`)).text(), /^havock8s_fault_armed\{fault="slow".*\} 1$/m);
});

test('a page that throws is told in the log, and to nobody else', async (t) => {
  const { registry, log, codes } = await startedControl(t);
  const pages = createPages({ registry, facts: someFacts, clock: systemClock });
  const broken: Pages = { ...pages, faultList: () => Promise.reject(new Error('a secret')) };
  const { url } = served(t, broken, log);
  const response = await fetch(`${url}/v1/faults`);
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret/);
  assert.ok(codes().includes('read-only.bug'));
  assert.equal((await fetch(`${url}/metrics`)).status, 200);
});

const flood = { connections: 10_000, atOnce: 200 };

test('ten thousand connections hurt neither the control endpoint nor the descriptors', async (t) => {
  const { registry, log, send } = await startedControl(t);
  const { url, port } = served(t, createPages({ registry, facts: someFacts, clock: systemClock }), log);
  const client = new Worker(new URL('./flood-main.js', import.meta.url), { workerData: { port, ...flood } });
  t.after(() => client.terminate());
  let isOver = false;
  client.once('message', () => {
    isOver = true;
  });
  const took: number[] = [];
  const held: number[] = [];
  while (!isOver) {
    const started = performance.now();
    assert.equal((await send('GET', '/v1/faults')).status, 200);
    took.push(performance.now() - started);
    held.push(descriptorsAt(port));
  }
  took.sort((one, other) => one - other);
  const median = took[Math.floor(took.length / 2)] ?? 0;
  t.diagnostic(
    `control answers in ${median.toFixed(0)} ms in the median of ${took.length}, ${took.at(-1)?.toFixed(0)} ms at most; ${Math.max(...held)} connections are held`,
  );
  assert.ok((took.at(-1) ?? 0) < 2000 * slowdown());
  // Those of one address, and a few that are being hung up on.
  assert.ok(Math.max(...held) <= readOnlyLimits.connections);
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
});

/** Connections that are open at the server, as the kernel lists those that a process still holds. */
function descriptorsAt(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const held = readFileSync('/proc/self/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, at, , state, , , , , , inode]) => at === local && state === '01' && inode !== '0')
    .map(([, , , , , , , , , inode]) => `socket:[${inode}]`);
  const own = new Set(
    readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    }),
  );
  return held.filter((socket) => own.has(socket)).length;
}
