/** Strangers who reach the port, over real sockets: reviews are answered meanwhile. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { serverLimits } from '../../../webhook/server/limits.js';
import { podOf, responseIn, reviewOf } from './review-of.js';
import { type Started, startedServer } from './started-server.js';

const good = reviewOf(podOf());

async function opened(t: TestContext, { port }: Started, localAddress = '127.0.0.1'): Promise<TLSSocket> {
  const options = { host: '127.0.0.1', port, localAddress, rejectUnauthorized: false };
  const socket = connect(options);
  socket.on('error', () => {});
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

const head = (...headers: readonly string[]): string =>
  `${['POST /inject HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers].join('\r\n')}\r\n\r\n`;

/** Its first line. */
async function answerOf(socket: TLSSocket): Promise<string> {
  const [chunk] = await once(socket, 'data');
  return String(chunk).split('\r\n')[0] ?? '';
}

const isInjected = (text: string): boolean => responseIn(text).patchType === 'JSONPatch';

test('bodies that are promised and do not come take no room: reviews are answered meanwhile', async (t) => {
  const started = await startedServer(t);
  for (let count = 0; count < 30; count++) {
    const socket = await opened(t, started);
    socket.write(count % 2 === 0 ? head('Transfer-Encoding: chunked') : head('Content-Length: 3145728'));
  }
  const answer = await started.post('/inject', good);
  assert.equal(answer.status, 200, answer.text);
  assert.ok(isInjected(answer.text));
});

test('a body that does not come to its end is refused before the API server stops waiting', async (t) => {
  assert.ok(serverLimits.bodyMs < 3000);
  const started = await startedServer(t, { limits: { ...serverLimits, bodyMs: 100 } });
  const socket = await opened(t, started);
  socket.write(`${head('Content-Length: 100')}{`);
  assert.match(await answerOf(socket), /^HTTP\/1.1 408 /);
  assert.ok(isInjected((await started.post('/inject', good)).text));
});

test('one address that fills its part of the room leaves the rest to the others', async (t) => {
  const bodyBytesOfAddress = 100_000;
  const started = await startedServer(t, { limits: { ...serverLimits, bodyBytesOfAddress } });
  const stranger = '127.0.0.2';
  const waits = await opened(t, started, stranger);
  waits.write(`${head('Content-Length: 90000')}${' '.repeat(89_999)}`);
  const refused = await opened(t, started, stranger);
  refused.write(`${head('Content-Length: 90000')}${' '.repeat(90_000)}`);
  assert.match(await answerOf(refused), /^HTTP\/1.1 503 /);
  assert.ok(isInjected((await started.post('/inject', good)).text));
  waits.write('{');
  assert.match(await answerOf(waits), /^HTTP\/1.1 400 /);
  const after = await opened(t, started, stranger);
  after.write(`${head(`Content-Length: ${Buffer.byteLength(good)}`)}${good}`);
  assert.match(await answerOf(after), /^HTTP\/1.1 200 /);
});

test('one address that takes all its connections leaves the rest to the others', async (t) => {
  const started = await startedServer(t, { limits: { ...serverLimits, connectionsOfAddress: 8 } });
  const stranger = '127.0.0.2';
  const held = await Promise.all(Array.from({ length: 8 }, () => opened(t, started, stranger)));
  await assert.rejects(opened(t, started, stranger));
  assert.ok(isInjected((await started.post('/inject', good)).text));
  held[0]?.destroy();
  for (let tries = 0; ; tries++) {
    const isOpen = await opened(t, started, stranger).then(
      () => true,
      () => false,
    );
    if (isOpen) break;
    assert.ok(tries < 1000);
  }
});
