import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { annotations } from '../registry/opened-registry.js';
import { someFacts, startedControl } from './started-control.js';

test('PUT arms a fault, and GET lists it with what it will do', async (t) => {
  const { send, applier } = await startedControl(t);
  const sentence = 'disk latency 200ms on fsync for 5m';
  const put = await send('PUT', '/v1/faults/slow', { body: { sentence } });
  assert.equal(put.status, 201);
  assert.deepEqual(applier.armed, ['slow: latency']);
  const list = await send('GET', '/v1/faults');
  assert.deepEqual(list.body, {
    sidecar: {
      version: '0.1.0',
      pod: { namespace: 'shop', name: 'pg-0', uid: '5f6c' },
      startedAt: '2026-01-02T03:00:00.000Z',
      now: '2026-01-02T03:04:05.000Z',
      draining: false,
    },
    faults: [put.body],
  });
  assert.deepEqual((await send('GET', '/v1/faults/slow')).body, put.body);
  assert.equal((await send('PUT', '/v1/faults/slow', { body: { sentence } })).status, 200);
});

test('PUT answers a bad sentence with every problem and its column', async (t) => {
  const { send, applier } = await startedControl(t);
  const { status, type, body } = await send('PUT', '/v1/faults/slow', {
    body: { sentence: 'disk latncy 200ms on fsyn' },
  });
  assert.equal(status, 422);
  assert.equal(type?.split(';')[0], 'application/problem+json');
  const { problems } = body as { problems: { column: number; nearest: string }[] };
  assert.deepEqual(
    problems.map(({ column, nearest }) => [column, nearest]),
    [
      [6, 'latency'],
      [22, 'fsync'],
    ],
  );
  assert.deepEqual(applier.plans, []);
});

const badBodies: readonly (readonly [string, string, number, string])[] = [
  ['no JSON', '{"sentence": "disk fr', 400, 'bad-json'],
  ['a string', '"disk freeze"', 400, 'bad-json'],
  ['a list', '[]', 422, 'bad-body'],
  ['nothing', '', 422, 'bad-body'],
  ['no sentence', '{}', 422, 'bad-body'],
  ['a sentence that is a number', '{"sentence": 7}', 422, 'bad-body'],
  ['a field more', '{"sentence": "disk freeze", "for": "5m"}', 422, 'bad-body'],
  ['a prototype', '{"sentence": "disk freeze", "__proto__": {}}', 422, 'bad-body'],
  [
    'a sentence of more than 1 KiB',
    JSON.stringify({ sentence: `disk freeze in ${'a'.repeat(2000)}` }),
    422,
    'bad-sentence',
  ],
];

for (const [title, text, status, code] of badBodies) {
  test(`PUT refuses a body that is ${title}`, async (t) => {
    const { send, applier } = await startedControl(t);
    const answer = await send('PUT', '/v1/faults/x', { text });
    assert.deepEqual([answer.status, (answer.body as { code: string }).code], [status, code]);
    assert.deepEqual(applier.plans, []);
  });
}

test('PUT refuses a name that no annotation could have', async (t) => {
  const { send } = await startedControl(t);
  for (const name of ['-x', 'a%2Fb', 'a%20b', 'x'.repeat(64), '%00']) {
    const { status } = await send('PUT', `/v1/faults/${name}`, { body: { sentence: 'disk freeze' } });
    assert.equal(status, 400, name);
  }
});

test('DELETE disarms one, and the other DELETE all', async (t) => {
  const { send, applier, registry } = await startedControl(t);
  for (const name of ['a', 'b', 'c'])
    await send('PUT', `/v1/faults/${name}`, { body: { sentence: 'disk freeze' } });
  assert.equal((await send('DELETE', '/v1/faults/b')).status, 204);
  assert.deepEqual(applier.armed, ['a: freeze', 'c: freeze']);
  assert.equal((await send('DELETE', '/v1/faults/b')).status, 404);
  await registry.setAnnotations(annotations({ d: 'disk readonly' }));
  assert.equal((await send('DELETE', '/v1/faults')).status, 204);
  assert.deepEqual(applier.armed, []);
  const { faults } = (await send('GET', '/v1/faults')).body as { faults: { name: string; state: string }[] };
  assert.deepEqual(
    faults.map(({ name, state }) => [name, state]),
    [['d', 'disarmed']],
  );
});

test('the list says of each fault where it comes from', async (t) => {
  const { send, registry } = await startedControl(t);
  await registry.setAnnotations(annotations({ x: 'disk freeze', bad: 'disk freze' }));
  await send('PUT', '/v1/faults/x', { body: { sentence: 'disk readonly' } });
  await send('PUT', '/v1/faults/y', { body: { sentence: 'disk readonly' } });
  const { faults } = (await send('GET', '/v1/faults')).body as { faults: Record<string, string>[] };
  assert.deepEqual(
    faults.map(({ name, source, state }) => `${name} ${source} ${state}`),
    ['x annotation armed', 'bad annotation refused', 'x control shadowed', 'y control armed'],
  );
  assert.equal(((await send('GET', '/v1/faults/x')).body as { source: string }).source, 'annotation');
});

test('nothing can be armed once everything was disarmed', async (t) => {
  const { send, registry } = await startedControl(t);
  await registry.disarmEverything('sigterm');
  const { status, body } = await send('PUT', '/v1/faults/x', { body: { sentence: 'disk freeze' } });
  assert.deepEqual([status, (body as { code: string }).code], [503, 'stopped']);
});

test("GET /v1/status tells of processes, mounts, features, restarts and the plan's age", async (t) => {
  const { send, clock } = await startedControl(t);
  await send('PUT', '/v1/faults/x', { body: { sentence: 'disk freeze' } });
  clock.advance(1500);
  const { body } = await send('GET', '/v1/status');
  const { pids, restarts, plan, disk } = body as Record<string, Record<string, unknown>>;
  assert.deepEqual(pids, { faultProxy: process.pid, holder: 4711 });
  assert.equal(restarts, 2);
  assert.equal(plan?.['ageMs'], 1500);
  assert.equal(plan?.['armed'], 1);
  assert.deepEqual(disk?.['mounts'], someFacts().disk?.mounts);
});

test('/healthz says alive, and /readyz says why not ready', async (t) => {
  let notReady: string | null = 'the disk is not mounted yet';
  const { send } = await startedControl(t, () => ({ ...someFacts(), notReady, disk: null }));
  assert.equal((await send('GET', '/healthz')).status, 200);
  const not = await send('GET', '/readyz');
  assert.deepEqual([not.status, (not.body as { detail: string }).detail], [503, notReady]);
  assert.equal((await send('GET', '/v1/status')).status, 200);
  notReady = null;
  assert.equal((await send('GET', '/readyz')).status, 200);
});

test('an unknown path is 404, and a wrong method 405 that says which are right', async (t) => {
  const { send } = await startedControl(t);
  assert.equal((await send('GET', '/')).status, 404);
  assert.equal((await send('GET', '/v1/faults/')).status, 404);
  assert.equal((await send('GET', '/V1/faults')).status, 404);
  const wrong: readonly (readonly [string, string, string])[] = [
    ['POST', '/v1/faults', 'GET, HEAD, DELETE'],
    ['PATCH', '/v1/faults/x', 'GET, HEAD, PUT, DELETE'],
    ['DELETE', '/metrics', 'GET, HEAD'],
    ['OPTIONS', '/v1/status', 'GET, HEAD'],
  ];
  for (const [method, path, allow] of wrong) {
    const answer = await send(method, path);
    assert.deepEqual([answer.status, answer.headers.get('Allow')], [405, allow]);
  }
});

test('no answer says what it is built with', async (t) => {
  const { send } = await startedControl(t);
  const { headers } = await send('GET', '/healthz');
  assert.equal(headers.get('X-Powered-By'), null);
});

test('a bug in the endpoint is answered with 500, and disarms everything', async (t) => {
  const { send, applier, codes } = await startedControl(t, () => {
    throw new Error('not today');
  });
  await send('PUT', '/v1/faults/x', { body: { sentence: 'disk freeze' } });
  const { status, text } = await send('GET', '/v1/status');
  assert.equal(status, 500);
  assert.ok(!text.includes('not today'));
  assert.deepEqual(applier.armed, []);
  assert.ok(codes().includes('control.bug'));
});

test('control.ts can be had by one dynamic import', async () => {
  const { startControl } = await import('../../../sidecar/control/control.js');
  assert.equal(typeof startControl, 'function');
});

test('docs/reference/control.md names every path', async () => {
  const { openapiDocument } = await import('../../../sidecar/control/openapi.js');
  const page = await readFile(new URL('../../../../docs/reference/control.md', import.meta.url), 'utf8');
  for (const path of Object.keys(openapiDocument.paths))
    assert.ok(page.includes(path.replace('{name}', 'NAME')), path);
});
