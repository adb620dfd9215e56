/** Answers that a healthy API server does not give, from a server that gives them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { httpApi } from '../../kube/http-api.js';
import type { KubeApi, WatchEvent } from '../../kube/kube-api.js';
import { kubeLimits } from '../../kube/limits.js';
import { resources } from '../../kube/resources.js';

const secrets = { resource: resources.secrets, namespace: 'a/b' };
const one = { ...secrets, name: 'one' };

async function answering(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  callMs = 10_000,
): Promise<{ readonly api: KubeApi; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['content-type'] ?? ''}`.trim());
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  const authenticate = async (): Promise<void> => {};
  return {
    api: httpApi({ server: `http://127.0.0.1:${port}`, isProxied: false, callMs, authenticate }),
    asked,
  };
}

const status = (code: number, reason: string) =>
  JSON.stringify({ kind: 'Status', code, reason, message: reason });

async function watch(api: KubeApi, signal = new AbortController().signal): Promise<readonly WatchEvent[]> {
  const events: WatchEvent[] = [];
  const options = { resourceVersion: '7', timeoutMs: 60_000, signal };
  await api.watch(secrets, { ...options, onEvent: (event) => events.push(event) });
  return events;
}

const codes = [
  [401, 'Unauthorized', 'kube.unauthorized'],
  [403, 'Forbidden', 'kube.forbidden'],
  [409, 'Conflict', 'kube.conflict'],
  [409, 'AlreadyExists', 'kube.exists'],
  [410, 'Expired', 'kube.gone'],
  [422, 'Invalid', 'kube.invalid'],
  [429, 'TooManyRequests', 'kube.busy'],
  [503, 'ServiceUnavailable', 'kube.status'],
] as const;
for (const [code, reason, expected] of codes) {
  test(`${code} ${reason} is ${expected}, to a call and to a watch`, async (t) => {
    const { api } = await answering(t, (_, response) => response.writeHead(code).end(status(code, reason)));
    await assert.rejects(api.get(one), { code: expected });
    await assert.rejects(watch(api), { code: expected });
  });
}

test('429 by a PodDisruptionBudget is kube.budget, with the numbers that it has', async (t) => {
  const message = 'Cannot evict pod.';
  const cause = {
    reason: 'DisruptionBudget',
    message: 'The budget db needs 2 healthy pods and has 2 currently',
  };
  const body = {
    kind: 'Status',
    code: 429,
    reason: 'TooManyRequests',
    message,
    details: { causes: [cause, null] },
  };
  const { api, asked } = await answering(t, (_, response) =>
    response.writeHead(429).end(JSON.stringify(body)),
  );
  const pod = { resource: resources.pods, namespace: 'shop', name: 'db-0', subresource: 'eviction' };
  await assert.rejects(api.post(pod, {}), {
    code: 'kube.budget',
    message: /eviction: Cannot evict pod\. The budget db needs 2 healthy pods and has 2 currently$/,
  });
  assert.deepEqual(asked, ['POST /api/v1/namespaces/shop/pods/db-0/eviction application/json']);
});

test('the time of the server is the date of its answer, and one without is kube.bad-answer', async (t) => {
  const date = 'Tue, 01 Dec 2026 03:30:00 GMT';
  let isDated = true;
  const { api } = await answering(t, (_, response) => {
    response.sendDate = false;
    response.writeHead(200, isDated ? { date } : {}).end('{"major":"1"}');
  });
  assert.equal(await api.serverMs(), Date.parse(date));
  isDated = false;
  await assert.rejects(api.serverMs(), { code: 'kube.bad-answer' });
});

test('a 410 in the middle of a watch is kube.gone, after what came before it', async (t) => {
  const lines = [
    JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'one' } } }),
    JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion: '9' } } }),
    JSON.stringify({ type: 'ERROR', object: JSON.parse(status(410, 'Expired')) }),
  ];
  const { api } = await answering(t, (_, response) => response.end(`${lines.join('\n')}\n`));
  const events: string[] = [];
  const options = { resourceVersion: '7', timeoutMs: 60_000, signal: new AbortController().signal };
  await assert.rejects(api.watch(secrets, { ...options, onEvent: ({ kind }) => events.push(kind) }), {
    code: 'kube.gone',
  });
  assert.deepEqual(events, ['added', 'bookmark']);
});

for (const [what, line] of [
  ['is not JSON', '{"type":"ADDED","object":'],
  ['has no object', '{"type":"ADDED"}'],
  ['has no name', '{"type":"ADDED","object":{"metadata":{}}}'],
  ['is of no known type', '{"type":"MOVED","object":{"metadata":{"name":"one"}}}'],
  ['is not an object', 'null'],
] as const) {
  test(`a line of a watch that ${what} breaks the watch, so that nothing is missed`, async (t) => {
    const { api } = await answering(t, (_, response) => response.end(`${line}\n`));
    await assert.rejects(watch(api), { code: 'kube.bad-answer' });
  });
}

test('a line without end breaks the watch before it fills the memory', async (t) => {
  const { api } = await answering(t, (_, response) => {
    response.on('error', () => {});
    response.write('x'.repeat(kubeLimits.lineBytes + 1));
  });
  await assert.rejects(watch(api), { code: 'kube.bad-answer' });
});

test('an object that is cut in two by the network is one object, whatever its letters', async (t) => {
  const bytes = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'über' } } })}\n`);
  const middle = bytes.indexOf(0xc3) + 1;
  const { api } = await answering(t, (_, response) => {
    response.write(bytes.subarray(0, middle), () => response.end(bytes.subarray(middle)));
  });
  assert.deepEqual(await watch(api), [{ kind: 'added', object: { metadata: { name: 'über' } } }]);
});

test('a watch that its caller gives up ends in order, and one that the server cuts is kube.unreachable', async (t) => {
  const giveUp = new AbortController();
  const { api } = await answering(t, (request, response) => {
    if (request.url?.includes('/a%2Fb/') && !giveUp.signal.aborted) {
      response.flushHeaders();
      setImmediate(() => giveUp.abort());
    } else response.write('{', () => response.destroy());
  });
  assert.deepEqual(await watch(api, giveUp.signal), []);
  await assert.rejects(watch(api), { code: 'kube.unreachable' });
});

test('who does not answer in time is kube.timeout, and a watch that has begun may be silent', async (t) => {
  const { api } = await answering(t, () => {}, 50);
  await assert.rejects(api.get(one), { code: 'kube.timeout' });
  await assert.rejects(watch(api), { code: 'kube.timeout' });
  const halfway = await answering(t, (_, response) => response.write('{"metadata":'), 50);
  await assert.rejects(halfway.api.get(one), { code: 'kube.timeout' });
  const silent = await answering(
    t,
    (_, response) => {
      response.flushHeaders();
      setTimeout(() => response.end(), 200);
    },
    50,
  );
  assert.deepEqual(await watch(silent.api), []);
});

test('however many watches there are, a call is answered', async (t) => {
  const { api, asked } = await answering(t, ({ url }, response) => {
    if (url?.includes('watch=')) response.flushHeaders();
    else response.end(JSON.stringify({ kind: 'Secret', metadata: { name: 'one' } }));
  });
  const over = new AbortController();
  const count = kubeLimits.connections + 1;
  t.after(() => over.abort());
  const watches = Array.from({ length: count }, () => watch(api, over.signal));
  assert.equal((await api.get(one))?.metadata.name, 'one');
  over.abort();
  await Promise.all(watches);
  assert.equal(asked.filter((request) => request.includes('watch=')).length, count);
});

test('what answers in HTML is a failure that says its first words', async (t) => {
  const { api } = await answering(t, (_, response) =>
    response.writeHead(502).end('<html>Bad gateway</html>'),
  );
  await assert.rejects(api.get(one), { code: 'kube.status', message: /Bad gateway/ });
});

test('an answer of 200 that is not an object is kube.bad-answer', async (t) => {
  const { api } = await answering(t, (_, response) => response.end('<html>Welcome</html>'));
  await assert.rejects(api.get(one), { code: 'kube.bad-answer' });
  await assert.rejects(api.list(secrets), { code: 'kube.bad-answer' });
});

test('objects that are too large together are listed one by one, and each is there once', async (t) => {
  const [objects, large] = [6, 'x'.repeat(kubeLimits.answerBytes / 3)];
  const { api, asked } = await answering(t, (request, response) => {
    response.on('error', () => {});
    const query = new URL(request.url ?? '', 'http://localhost').searchParams;
    const [from, limit] = [Number(query.get('continue')), Number(query.get('limit'))];
    const to = Math.min(from + limit, objects);
    response.write(
      `{"metadata":{"resourceVersion":"1"${to < objects ? `,"continue":"${to}"` : ''}},"items":[`,
    );
    for (let index = from; index < to; index++) {
      const object = { metadata: { name: `large-${index}` }, data: { large } };
      response.write(`${index > from ? ',' : ''}${JSON.stringify(object)}`);
    }
    response.end(']}');
  });
  const names: string[] = [];
  await api.listEach(secrets, ({ metadata: { name } }) => names.push(name));
  assert.deepEqual(
    names,
    Array.from({ length: objects }, (_, index) => `large-${index}`),
  );
  const limits = asked.map((url) => Number(/limit=(\d+)/.exec(url)?.[1]));
  assert.deepEqual(limits.slice(0, 4), [500, 63, 8, 1]);
});

test('one object that is too large is an error, and asked for once', async (t) => {
  const { api, asked } = await answering(t, (_, response) => {
    response.on('error', () => {});
    response.end(`{"metadata":{"resourceVersion":"1"},"items":["${'x'.repeat(kubeLimits.answerBytes)}"]}`);
  });
  await assert.rejects(
    api.listEach(secrets, () => {}),
    { code: 'kube.too-large' },
  );
  assert.equal(asked.length, 4);
});

test('names and selectors cannot leave their place in the URL', async (t) => {
  const { api, asked } = await answering(t, (_, response) =>
    response.end('{"metadata":{"resourceVersion":"1"}}'),
  );
  await api.list({ ...secrets, labelSelector: 'a=b&watch=true', fieldSelector: 'metadata.name=x y' });
  assert.deepEqual(asked, [
    'GET /api/v1/namespaces/a%2Fb/secrets?labelSelector=a%3Db%26watch%3Dtrue&fieldSelector=metadata.name%3Dx+y&limit=500',
  ]);
});
