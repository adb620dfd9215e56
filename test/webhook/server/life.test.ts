/** From the first certificate to the last answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { allowed } from '../../../webhook/server/answer.js';
import { serverLimits } from '../../../webhook/server/limits.js';
import { createMetrics } from '../../../webhook/server/metrics.js';
import type { ReviewResult } from '../../../webhook/server/review-result.js';
import { WebhookServer } from '../../../webhook/server/webhook-server.js';
import { podOf, responseIn, reviewOf } from './review-of.js';
import { servingPair } from './serving-pair.js';
import { pair, post, probe, startedServer } from './started-server.js';

const review = reviewOf(podOf());

test('it is alive at once, and ready once a certificate is served and nothing else is missing', async (t) => {
  const missing = ['the namespaces are not known yet'];
  const pass = (): ReviewResult => ({ answer: allowed(), outcome: 'allowed', reason: '', isNews: false });
  const server = await WebhookServer.open({
    port: 0,
    metricsPort: 0,
    host: '127.0.0.1',
    webhooks: { inject: pass, faults: pass, experiments: pass },
    metrics: createMetrics({
      certificateEnds: () => null,
      isLeader: () => false,
      namespacesSynced: () => false,
      namespaces: () => 0,
      unhandledErrors: () => 0,
    }),
    notReady: () => missing,
    log: pino({ level: 'silent' }),
    pause: async () => {},
  });
  t.after(() => server.close());
  const ask = (path: string) => probe(server.probesPort!, path);
  assert.equal((await ask('/livez')).status, 200);
  const first = await ask('/readyz');
  assert.deepEqual([first.status, first.text.split('\n').length], [503, 3]);
  await server.serve(pair);
  assert.deepEqual(await ask('/readyz').then(({ status, text }) => [status, text]), [503, `${missing[0]}\n`]);
  missing.length = 0;
  assert.equal((await ask('/readyz')).status, 200);
});

test('a new certificate is for new connections, and the open ones go on', async (t) => {
  const { server, port, agent, post: ask } = await startedServer(t);
  await ask('/inject', review);
  const [kept] = Object.values(agent.freeSockets).flat();
  const next = servingPair('02');
  assert.equal(await server.serve(next), port);
  assert.equal((await ask('/inject', review)).status, 200);
  assert.equal(Object.values(agent.freeSockets).flat()[0], kept);
  const other = new Agent({ ca: next.certificate });
  t.after(() => other.destroy());
  const answer = await post({ port, agent: other, path: '/inject', body: review, headers: {} });
  assert.equal(answer.status, 200);
  const socket = await connected(port, next.certificate);
  t.after(() => socket.destroy());
  assert.equal(socket.getPeerCertificate().serialNumber, '02');
});

test('TLS before 1.2 is refused, and HTTP/1.1 agreed on', async (t) => {
  const { port } = await startedServer(t);
  const old = connect({
    host: '127.0.0.1',
    port,
    ca: pair.certificate,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'ALL@SECLEVEL=0',
  });
  await assert.rejects(once(old, 'secureConnect'));
  const socket = await connected(port, pair.certificate, ['h2', 'http/1.1']);
  t.after(() => socket.destroy());
  assert.equal(socket.alpnProtocol, 'http/1.1');
});

test('asked to end, it says so at once, answers on, and sends everybody elsewhere', async (t) => {
  let leave = (): void => {};
  const notice = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const { server, post: ask, probe: look } = await startedServer(t, { pause: () => notice });
  assert.notEqual((await ask('/inject', review)).headers['connection'], 'close');
  const ended = server.drain();
  const ready = await look('/readyz');
  assert.deepEqual([ready.status, ready.text], [503, 'the webhook is ending\n']);
  const answer = await ask('/inject', review);
  assert.deepEqual([answer.status, answer.headers['connection']], [200, 'close']);
  leave();
  await ended;
  await assert.rejects(ask('/inject', review), { code: 'ECONNREFUSED' });
  await assert.rejects(look('/livez'), { code: 'ECONNREFUSED' });
});

test('a review in flight at the end is answered', async (t) => {
  const held = heldWebhook();
  const { server, post: ask } = await startedServer(t, { inject: held.webhook });
  const answer = ask('/inject', review);
  await held.asked;
  const ended = server.drain();
  held.answer();
  assert.equal(responseIn((await answer).text).allowed, true);
  await ended;
});

test('a review that is not answered in time is cut off', async (t) => {
  const held = heldWebhook();
  const limits = { ...serverLimits, inFlightMs: 50 };
  const { server, post: ask } = await startedServer(t, { inject: held.webhook, limits });
  const cut = assert.rejects(ask('/inject', review), { code: 'ECONNRESET' });
  await held.asked;
  await server.drain();
  await cut;
});

test('asked again to end, it ends at once, whatever is in flight', async (t) => {
  const held = heldWebhook();
  const pause = (_ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  const { server, post: ask } = await startedServer(t, { inject: held.webhook, pause });
  const cut = assert.rejects(ask('/inject', review), { code: 'ECONNRESET' });
  await held.asked;
  const ended = server.drain();
  await server.close();
  await Promise.all([cut, ended]);
});

test('what was reviewed is counted, by webhook, outcome and reason', async (t) => {
  const { post: ask, probe: look } = await startedServer(t);
  await ask('/inject', review);
  await ask('/inject', reviewOf(podOf(undefined, { hostNetwork: true })));
  await ask('/inject', reviewOf(podOf({ 'havock8s.io/inject': 'true', 'havock8s.io/volumes': 'data,gone' })));
  await ask('/validate-faults', reviewOf(podOf({ 'fault.havock8s.io/x': 'disk' })));
  const { text, headers } = await look('/metrics');
  assert.match(String(headers['content-type']), /^text\/plain/);
  const lines = [
    'reviews_total{webhook="inject",outcome="injected",reason=""} 2',
    'reviews_total{webhook="inject",outcome="skipped",reason="host-network"} 1',
    'reviews_total{webhook="faults",outcome="refused",reason="bad-faults"} 1',
    'notes_total{reason="unknown-volume"} 1',
    'review_duration_seconds_count{webhook="inject"} 3',
    'certificate_expiry_timestamp_seconds 1800000000',
    'is_leader 1',
    'namespaces_synced 1',
    'namespaces 3',
  ];
  for (const line of lines) assert.ok(text.includes(`havock8s_webhook_${line}\n`), line);
});

test('a port that is taken is told by the error of the system', async (t) => {
  const { server, port, post: _ } = await startedServer(t);
  assert.notEqual(server.probesPort, port);
  const { listenSecurely } = await import('../../../webhook/server/listen.js');
  await assert.rejects(
    listenSecurely(() => {}, pair, { port, host: '127.0.0.1' }),
    { code: 'EADDRINUSE' },
  );
});

/** Answers when it is told to. */
function heldWebhook() {
  let asked = (): void => {};
  let answer = (): void => {};
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const mayAnswer = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const webhook = async (): Promise<ReviewResult> => {
    asked();
    await mayAnswer;
    return { answer: allowed(), outcome: 'allowed', reason: '', isNews: false };
  };
  return { webhook, asked: wasAsked, answer };
}

async function connected(
  port: number,
  ca: string,
  ALPNProtocols: readonly string[] = [],
): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, ca, ALPNProtocols: [...ALPNProtocols] });
  await once(socket, 'secureConnect');
  return socket;
}
