import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { hasCode } from '../../../core/havoc-error.js';
import { controlLimits } from '../../../sidecar/control/control-limits.js';
import { listenControl } from '../../../sidecar/control/listen-control.js';
import { startedControl } from './started-control.js';

interface Asked {
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Not fetch, which sets Host and Origin as it sees fit. */
async function ask(
  url: string,
  { method = 'GET', headers, body }: Asked,
): Promise<{ status: number; code: unknown }> {
  // Without a length Node sends the body of a GET unframed, as if it were the next request.
  const framed =
    body === undefined || 'Transfer-Encoding' in headers ? {} : { 'Content-Length': Buffer.byteLength(body) };
  const asking = request(url, { method, headers: { ...headers, ...framed }, agent: false });
  asking.end(body);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  const document = JSON.parse(await text(response)) as { code?: unknown };
  return { status: response.statusCode ?? 0, code: document.code };
}

const hosts: readonly (readonly [string, number])[] = [
  ['localhost', 200],
  ['LOCALHOST:80', 200],
  ['127.0.0.1', 200],
  ['127.0.0.1:65535', 200],
  ['[::1]:8080', 200],
  ['evil.example', 421],
  ['localhost.evil.example', 421],
  ['evil.example:80', 421],
  ['127.0.0.1.nip.io', 421],
  ['127.0.0.1@evil.example', 421],
  ['10.0.0.7:8080', 421],
  ['0.0.0.0', 421],
  ['::1', 421],
];

for (const [host, status] of hosts) {
  test(`a request to the Host ${JSON.stringify(host)} is answered with ${status}`, async (t) => {
    const { url } = await startedControl(t);
    assert.equal((await ask(`${url}/healthz`, { headers: { Host: host } })).status, status);
  });
}

const hostless: readonly (readonly [string, string, RegExp])[] = [
  ['an empty Host', 'GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', /^HTTP\/1.1 421 /],
  ['no Host, as HTTP/1.0 allows', 'GET /healthz HTTP/1.0\r\n\r\n', /^HTTP\/1.1 421 /],
  ['no Host, as HTTP/1.1 forbids', 'GET /healthz HTTP/1.1\r\n\r\n', /^HTTP\/1.1 400 /],
  ['two Hosts', 'GET /healthz HTTP/1.0\r\nHost: evil.example\r\nHost: localhost\r\n\r\n', /^HTTP\/1.1 421 /],
];

for (const [title, sent, answer] of hostless) {
  test(`a request with ${title} is refused`, async (t) => {
    const { url } = await startedControl(t);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(sent);
    assert.match(await text(socket), answer);
  });
}

for (const origin of ['http://evil.example', 'http://localhost', 'null', '']) {
  test(`a request with the Origin ${JSON.stringify(origin)} is refused, whatever it asks`, async (t) => {
    const { url, applier } = await startedControl(t);
    const headers = { Origin: origin, 'Content-Type': 'application/json' };
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await ask(`${url}/v1/faults/x`, { method, headers, body: '{"sentence":"disk freeze"}' });
      assert.deepEqual(answer, { status: 403, code: 'cross-origin' });
    }
    assert.deepEqual(applier.plans, []);
  });
}

const sentence = '{"sentence":"disk freeze"}';
const large = `{"sentence":"disk freeze"${' '.repeat(controlLimits.bodyBytes)}}`;

const bodies: readonly (readonly [string, Asked, number, string])[] = [
  [
    'a form',
    { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: sentence },
    415,
    'not-json',
  ],
  ['plain text', { headers: { 'Content-Type': 'text/plain' }, body: sentence }, 415, 'not-json'],
  ['of no type', { headers: {}, body: sentence }, 415, 'not-json'],
  [
    'compressed',
    { headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }, body: sentence },
    415,
    'not-json',
  ],
  [
    'of an unknown charset',
    { headers: { 'Content-Type': 'application/json; charset=x-y' }, body: sentence },
    415,
    'not-json',
  ],
  ['too large', { headers: { 'Content-Type': 'application/json' }, body: large }, 413, 'body-too-large'],
  [
    'too large and of no known length',
    { headers: { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }, body: large },
    413,
    'body-too-large',
  ],
  [
    'too large by far',
    { headers: { 'Content-Type': 'application/json' }, body: Buffer.alloc(8 * 1024 * 1024, ' ') },
    413,
    'body-too-large',
  ],
];

for (const [title, asked, status, code] of bodies) {
  for (const [method, path] of [
    ['PUT', '/v1/faults/x'],
    ['DELETE', '/v1/faults'],
    ['GET', '/v1/status'],
  ] as const) {
    test(`${method} with a body that is ${title} is refused`, async (t) => {
      const { url, applier } = await startedControl(t);
      assert.deepEqual(await ask(url + path, { ...asked, method }), { status, code });
      assert.deepEqual(applier.plans, []);
    });
  }
}

test('a path that is not UTF-8 is refused as malformed', async (t) => {
  const { url } = await startedControl(t);
  assert.deepEqual(await ask(`${url}/v1/faults/%ff`, { headers: {} }), { status: 400, code: 'bad-request' });
});

for (const host of ['0.0.0.0', '::', '10.0.0.7', 'example.com', '127.0.0.1.nip.io', '']) {
  test(`the endpoint does not listen on ${JSON.stringify(host)}`, async () => {
    const listening = listenControl(() => {}, { host, port: 0 });
    await assert.rejects(listening, (error) => hasCode(error, 'control.not-loopback'));
  });
}

test('a port that is taken is said to be', async (t) => {
  const { url } = await startedControl(t);
  const listening = listenControl(() => {}, { host: '127.0.0.1', port: Number(new URL(url).port) });
  await assert.rejects(listening, (error) => hasCode(error, 'control.listen-failed'));
});

async function impatient(t: TestContext): Promise<number> {
  const limits = { ...controlLimits, headersMs: 100, requestMs: 200, checkMs: 20 };
  const server = await listenControl(
    (incoming, response) => void incoming.resume().on('end', () => response.end()),
    { host: '127.0.0.1', port: 0 },
    limits,
  );
  t.after(() => server.close());
  return Number(new URL(server.url).port);
}

const slow: readonly (readonly [string, string])[] = [
  ['nothing but a first line', 'GET / HTTP/1.1\r\n'],
  ['headers that never end', 'GET / HTTP/1.1\r\nHost: localhost\r\nX: '],
  ['a body that never ends', 'PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{'],
];

for (const [title, sent] of slow) {
  test(`a client that sends ${title} is cut off`, async (t) => {
    const socket = connect(await impatient(t), '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write(sent);
    assert.match(await text(socket), /^HTTP\/1.1 408 /);
  });
}
