/** What strangers get, and what they cannot do. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { readOnlyLimits } from '../../../../sidecar/control/read-only/read-only-limits.js';
import {
  createReadOnlyServer,
  type ReadOnlyServerOptions,
} from '../../../../sidecar/control/read-only/read-only-server.js';
import type { Page } from '../../../../sidecar/control/read-only/shared-page.js';
import { type PageName, sidecarPages } from '../../../../sidecar/control/read-only/sidecar-pages.js';
import { until } from '../../mounted/until.js';

const pages: Readonly<Record<PageName, string>> = { faults: '{"faults":[]}', metrics: 'havock8s_faults 0\n' };

interface Started {
  readonly server: Server;
  readonly port: number;
}

interface StartOptions extends Omit<ReadOnlyServerOptions, 'pages'> {
  readonly page?: (name: PageName) => Promise<Page>;
}

async function started(
  t: TestContext,
  { page = async (name) => Buffer.from(pages[name]), ...options }: StartOptions = {},
): Promise<Started> {
  const server = createReadOnlyServer({ pages: sidecarPages(page), ...options });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the loopback, from which it is asked. */
  readonly from?: string;
}

async function ask(port: number, path: string, { method = 'GET', headers = {}, from }: Asked = {}) {
  const asking = request({
    ...{ host: '127.0.0.1', port, path, method, headers, agent: false },
    ...(from === undefined ? {} : { localAddress: from }),
  });
  asking.end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test('it shows three pages, and tells nobody to keep or to guess them', async (t) => {
  const { port } = await started(t);
  const types = {
    '/v1/faults': ['application/json; charset=utf-8', pages.faults],
    '/v1/faults?x=1': ['application/json; charset=utf-8', pages.faults],
    '/metrics': ['text/plain; version=0.0.4; charset=utf-8', pages.metrics],
    '/healthz': ['application/json; charset=utf-8', '{"status":"ok"}'],
  };
  for (const [path, [type, body]] of Object.entries(types)) {
    const answer = await ask(port, path, {
      headers: { Host: 'anything.example', Origin: 'http://evil.example' },
    });
    assert.deepEqual([answer.status, answer.headers['content-type'], answer.body], [200, type, body]);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers['connection'], 'close');
    assert.deepEqual(
      Object.keys(answer.headers).filter((name) => name.startsWith('access-control')),
      [],
    );
    const head = await ask(port, path, { method: 'HEAD' });
    assert.deepEqual([head.status, head.body], [200, '']);
    assert.equal(head.headers['content-length'], String(body?.length));
  }
});

test('everything else is refused with a reason that a person can read', async (t) => {
  const { port } = await started(t);
  for (const path of [
    '/',
    '/v1/faults/',
    '/v1/faults/slow',
    '/v1/status',
    '/v1/events',
    '/openapi.json',
    '/../metrics',
    '//metrics',
    '/METRICS',
    '/readyz',
  ]) {
    const { status, headers, body } = await ask(port, path);
    assert.deepEqual([path, status, headers['content-type']], [path, 404, 'text/plain; charset=utf-8']);
    assert.match(body, /^there is nothing here; expected \/v1\/faults, \/metrics, \/healthz\n$/);
  }
  for (const method of ['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']) {
    const { status, headers, body } = await ask(port, '/v1/faults', { method });
    assert.deepEqual([method, status, headers['allow']], [method, 405, 'GET, HEAD']);
    assert.equal(body, 'this port is for reading only; expected GET or HEAD\n');
  }
});

test('a page that is late or could not be made is an answer too, and says nothing of why', async (t) => {
  const late = await started(t, {
    page: () => new Promise(() => {}),
    limits: { ...readOnlyLimits, pageMs: 10 },
  });
  assert.equal((await ask(late.port, '/metrics')).status, 503);
  assert.equal((await ask(late.port, '/healthz')).status, 200);
  const broken = await started(t, { page: async () => 'failed' });
  const { status, body } = await ask(broken.port, '/metrics');
  assert.deepEqual([status, body], [500, 'the page could not be made; the log says why\n']);
});

/** Resolves to all that came, when the other end has hung up. */
async function hungUp(socket: Socket): Promise<string> {
  let heard = '';
  socket.on('data', (chunk) => {
    heard += String(chunk);
  });
  socket.on('error', () => {});
  await once(socket, 'close');
  return heard;
}

test('a request of too many bytes, and one that goes on and on, are cut off', async (t) => {
  const limits = { ...readOnlyLimits, requestMs: 200, checkMs: 20 };
  const { port } = await started(t, { limits });
  const large = connect(port, '127.0.0.1');
  large.write(`GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(8192)}\r\n\r\n`);
  assert.match(await hungUp(large), /^HTTP\/1.1 431 /);
  const silent = connect(port, '127.0.0.1');
  const slow = connect(port, '127.0.0.1');
  slow.write('GET /metrics HTTP/1.1\r\nHost: x\r\n');
  const dripping = setInterval(() => slow.write('X: y\r\n', () => {}), 10);
  t.after(() => clearInterval(dripping));
  for (const heard of await Promise.all([hungUp(silent), hungUp(slow)]))
    assert.match(heard, /^HTTP\/1.1 408 /);
});

test('a client that does not read its answer is cut off', async (t) => {
  const page = async (): Promise<Page> => Buffer.alloc(32 * 1024 * 1024);
  const { port, server } = await started(t, { page, limits: { ...readOnlyLimits, connectionMs: 300 } });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
  const openHere = () =>
    new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  await until(async () => (await openHere()) === 1);
  await until(async () => (await openHere()) === 0);
});

test('a connection carries one request, however many are written into it', async (t) => {
  let asked = 0;
  const page = async (): Promise<Page> => {
    asked++;
    return Buffer.from('x');
  };
  const { port } = await started(t, { page });
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(500));
  const heard = await hungUp(socket);
  assert.equal(heard.match(/HTTP\/1.1 200 /g)?.length, 1);
  assert.equal(asked, 1);
});

test('one address that takes all the connections it can leaves those of others', async (t) => {
  const { port } = await started(t);
  const sockets = Array.from({ length: 200 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  const open = (): number => sockets.filter(({ destroyed }) => !destroyed).length;
  await until(() => open() === readOnlyLimits.connectionsOfOne);
  assert.equal((await ask(port, '/metrics', { from: '127.0.0.2' })).status, 200);
  await assert.rejects(ask(port, '/metrics'));
});
