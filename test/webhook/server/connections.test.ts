/** Whoever says nothing, stops half-way or goes away is let go of in time, and keeps nobody else from an answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlainly, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { allowed } from '../../../webhook/server/answer.js';
import { serverLimits } from '../../../webhook/server/limits.js';
import type { ReviewResult } from '../../../webhook/server/review-result.js';
import { podOf, responseIn, reviewOf } from './review-of.js';
import { pair, type Started, startedServer } from './started-server.js';

const review = reviewOf(podOf());
const head = `POST /inject HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${review.length}\r\n\r\n`;
/** Short, but long enough for who is well, also on a machine that is busy. */
const limits = { ...serverLimits, handshakeMs: 1500, headersMs: 1500, requestMs: 3000, checkMs: 20 };

test('a connection without a handshake is closed', async (t) => {
  const started = await startedServer(t, { limits });
  const socket = connectPlainly({ host: '127.0.0.1', port: started.port });
  t.after(() => socket.destroy());
  await ended(socket);
  await answersOn(started);
});

test('a connection that asks nothing is closed', async (t) => {
  const started = await startedServer(t, { limits });
  assert.match(await text(await opened(t, started)), /^HTTP\/1\.1 408 /);
  await answersOn(started);
});

test('what is not HTTP is refused', async (t) => {
  const started = await startedServer(t);
  const socket = await opened(t, started);
  socket.write('\u0000\u0001\u0002\r\n\r\n');
  assert.match(await text(socket), /^HTTP\/1\.1 400 /);
  await answersOn(started);
});

test('a body that its sender cuts off half-way is counted as refused', async (t) => {
  const started = await startedServer(t);
  const socket = await opened(t, started);
  socket.end(head + review.slice(0, 100));
  await ended(socket);
  await answersOn(started);
  const { text: metrics } = await started.probe('/metrics');
  assert.match(metrics, /requests_rejected_total\{status="400"\} 1\n/);
});

test('who goes away before the answer keeps nobody from theirs', async (t) => {
  const asked = new EventTarget();
  const came = once(asked, 'review');
  const answer = once(asked, 'answer');
  const inject = async (): Promise<ReviewResult> => {
    asked.dispatchEvent(new Event('review'));
    await answer;
    return { answer: allowed(), outcome: 'allowed', reason: '', isNews: false };
  };
  const started = await startedServer(t, { inject });
  const socket = await opened(t, started);
  socket.write(head + review);
  await came;
  socket.destroy();
  asked.dispatchEvent(new Event('answer'));
  assert.equal(responseIn((await started.post('/validate-faults', review)).text).allowed, true);
});

test('a certificate that is none is refused, and the one before it is served on', async (t) => {
  const started = await startedServer(t);
  await assert.rejects(started.server.serve({ certificate: 'none', key: 'none' }));
  await answersOn(started);
  assert.equal((await opened(t, started)).authorized, true);
});

async function opened(t: TestContext, { port }: Started): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca: pair.certificate });
  t.after(() => socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

async function ended(socket: Socket): Promise<void> {
  // Cut off while it still sends.
  socket.on('error', () => {}).resume();
  await once(socket, 'close');
}

async function answersOn({ post }: Started): Promise<void> {
  assert.equal(responseIn((await post('/inject', review)).text).patchType, 'JSONPatch');
}
