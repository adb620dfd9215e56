/** Whatever comes, the answer is a review or a 4xx that says why; and the next one is answered as if nothing had been. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { serverLimits } from '../../../webhook/server/limits.js';
import { documentOf, podOf, requestOf, responseIn, reviewOf } from './review-of.js';
import { pair, startedServer } from './started-server.js';

const good = reviewOf(podOf());
const without = (field: string): string =>
  JSON.stringify(documentOf({ ...requestOf(podOf()), [field]: undefined }));

const table: readonly (readonly [what: string, body: string | Buffer, status: number, says: RegExp])[] = [
  ['nothing', '', 400, /not JSON/],
  ['half a review', good.slice(0, good.length / 2), 400, /not JSON/],
  ['no JSON', '<html>', 400, /not JSON/],
  [
    'what is not UTF-8',
    Buffer.concat([Buffer.from('{"kind":"'), Buffer.from([0xc3, 0x28])]),
    400,
    /not UTF-8/,
  ],
  ['a byte order mark', `\ufeff${good}`, 400, /not JSON/],
  ['a list', '[]', 400, /expected an AdmissionReview, found a list/],
  ['null', 'null', 400, /expected an AdmissionReview, found none/],
  ['an empty object', '{}', 400, /found kind none of apiVersion none/],
  [
    'a review of another version',
    JSON.stringify(documentOf(requestOf(podOf()), { apiVersion: 'admission.k8s.io/v1beta1' })),
    400,
    /expected .* admission\.k8s\.io\/v1, found .* "admission\.k8s\.io\/v1beta1"/,
  ],
  ['another kind', JSON.stringify(documentOf({}, { kind: 'Pod' })), 400, /found kind "Pod"/],
  [
    'a kind that is a megabyte',
    JSON.stringify(documentOf({}, { kind: 'k'.repeat(1e6) })),
    400,
    /found kind "k{199} of/,
  ],
  ['a review without a request', JSON.stringify(documentOf(undefined)), 400, /expected request, found none/],
  ['a request that is a list', JSON.stringify(documentOf([])), 400, /expected request, found a list/],
  ['a request without uid', without('uid'), 400, /expected request\.uid, found none/],
  ['a uid that is a number', reviewOf(podOf(), { uid: 7 }), 400, /expected request\.uid, found 7/],
  [
    'an unknown operation',
    reviewOf(podOf(), { operation: 'PATCH' }),
    400,
    /CREATE, UPDATE, .* found "PATCH"/,
  ],
  ['a request without a resource', without('resource'), 400, /expected request\.resource/],
  ['a pod without a namespace', without('namespace'), 400, /expected request\.namespace/],
  ['100,000 brackets', '['.repeat(100_000), 400, /not JSON/],
  ['100,000 brackets that close', '['.repeat(100_000) + ']'.repeat(100_000), 400, /found a list/],
  ['5 MiB', ' '.repeat(5 * 1024 * 1024), 413, /more than 3145728 bytes/],
];

for (const [what, body, status, says] of table) {
  test(`${what}: ${status}, and the same connection goes on`, async (t) => {
    const { post } = await startedServer(t);
    for (const path of ['/inject', '/validate-faults']) {
      const answer = await post(path, body);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, says);
      assert.ok(answer.text.length < 600);
    }
    assert.equal(responseIn((await post('/inject', good)).text).patchType, 'JSONPatch');
  });
}

const strange: readonly (readonly [what: string, object: unknown])[] = [
  ['none', null],
  ['a number', 7],
  ['an empty object', {}],
  ['a pod whose spec is a list', { ...podOf(), spec: [] }],
  [
    'a pod whose annotations are numbers',
    { ...podOf(), metadata: { annotations: { 'havock8s.io/inject': 1 } } },
  ],
  ['a pod whose containers have no name', podOf(undefined, { containers: [{}] })],
];

for (const [what, object] of strange) {
  test(`an object that is ${what} is let pass by both`, async (t) => {
    const { post } = await startedServer(t);
    for (const path of ['/inject', '/validate-faults']) {
      const { allowed, patch } = responseIn((await post(path, reviewOf(object))).text);
      assert.deepEqual([allowed, patch], [true, undefined]);
    }
  });
}

test('a pod that nests 100,000 deep is let pass, injected or not', async (t) => {
  const { post } = await startedServer(t);
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
  for (const place of ['"spec":{', '"volumeMounts":[{', '"metadata":{']) {
    const review = good.replace(place, `${place}"deep":${deep},`);
    const { status, text } = await post('/inject', review);
    assert.deepEqual([status, responseIn(text).allowed], [200, true], place);
  }
});

test('a body that is not JSON by its own words, or compressed, is 415', async (t) => {
  const { post } = await startedServer(t);
  const types = ['text/plain', 'application/json; charset=latin1', 'application/vnd.kubernetes.protobuf', ''];
  for (const type of types)
    assert.equal((await post('/inject', good, { 'Content-Type': type })).status, 415, type);
  assert.equal((await post('/inject', good, { 'Content-Encoding': 'gzip' })).status, 415);
  const utf8 = await post('/inject', good, { 'Content-Type': 'Application/JSON; charset="UTF-8"' });
  assert.equal(utf8.status, 200);
});

test('other paths and methods are refused', async (t) => {
  const { post, port } = await startedServer(t);
  for (const path of ['/', '/Inject', '/inject/', '/metrics', '/%zz']) {
    const { status } = await post(path, good);
    assert.ok(status === 404 || status === 400, path);
  }
  assert.match(
    await exchange(port, 'GET /inject HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1\.1 405 .*Allow: POST/s,
  );
});

test('a body that grows past the bound in chunks is 413, and one in chunks within it is a review', async (t) => {
  const { port } = await startedServer(t);
  const head =
    'POST /inject HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
  const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
  assert.match(
    await exchange(port, `${head}${chunk(good.slice(0, 50))}${chunk(good.slice(50))}0\r\n\r\n`),
    /^HTTP\/1\.1 200 /,
  );
  const large = chunk(' '.repeat(1024 * 1024));
  assert.match(await exchange(port, `${head}${large.repeat(4)}0\r\n\r\n`), /^HTTP\/1\.1 413 /);
});

test('a body that stops short, and headers that never end, are cut off in time', async (t) => {
  const limits = { ...serverLimits, headersMs: 200, requestMs: 300, handshakeMs: 200, checkMs: 50 };
  const { port, post } = await startedServer(t, { limits });
  const short =
    'POST /inject HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"kind"';
  assert.match(await exchange(port, short), /^HTTP\/1\.1 408 /);
  assert.match(await exchange(port, 'POST /inject HTTP/1.1\r\nHost: x\r\n'), /^HTTP\/1\.1 408 /);
  assert.equal((await post('/inject', good)).status, 200);
});

test('headers past their bound are 431', async (t) => {
  const { port } = await startedServer(t);
  assert.match(
    await exchange(port, `POST /inject HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`),
    /^HTTP\/1\.1 431 /,
  );
});

test('what is refused is counted by its status', async (t) => {
  const { post, probe } = await startedServer(t);
  await post('/inject', '');
  await post('/', good);
  const { text } = await probe('/metrics');
  assert.match(text, /requests_rejected_total\{status="400"\} 1\n/);
  assert.match(text, /requests_rejected_total\{status="404"\} 1\n/);
});

/** What comes back on a connection of its own, until the server closes it. */
async function exchange(port: number, text: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ca: pair.certificate });
  let answer = '';
  socket.setEncoding('utf8').on('data', (part: string) => {
    answer += part;
  });
  // Cut off while it still sends.
  socket.on('error', () => {});
  socket.write(text);
  await once(socket, 'close');
  return answer;
}
