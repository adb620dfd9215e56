/** Everybody on the loopback may read; to change faults takes the right user, or the token. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import type { ControlAccess } from '../../../sidecar/control/access.js';
import { temporaryFolders } from '../../cli/temporary-folders.js';
import { needs } from '../../needs.js';
import { type Sent, someFacts, startedControl } from './started-control.js';

interface Change {
  readonly method: string;
  readonly path: string;
  readonly request?: Sent;
}

const fault = {
  method: 'PUT',
  path: '/v1/faults/slow',
  request: { body: { sentence: 'disk latency 1s' } },
} as const;
const changes: readonly Change[] = [
  fault,
  { method: 'DELETE', path: '/v1/faults/slow' },
  { method: 'DELETE', path: '/v1/faults' },
];
const readings = ['/v1/faults', '/v1/status', '/healthz', '/metrics', '/openapi.json'];

const withToken = async (t: TestContext, token: string | null) => {
  const file = join(temporaryFolders(t), 'control-token');
  if (token !== null) writeFileSync(file, `${token}\n`);
  return startedControl(t, someFacts, { kind: 'token', file });
};

test('with a token: reading takes none, and every change takes the right one', async (t) => {
  const { send } = await withToken(t, 'secret');
  for (const path of readings) assert.equal((await send('GET', path)).status, 200, path);
  const wrong = [
    undefined,
    'secret',
    'Bearer',
    'Bearer ',
    'Bearer secre',
    'Bearer secrets',
    'Basic secret',
    'bearer secret',
  ];
  for (const header of wrong)
    for (const { method, path, request: sent = {} } of changes) {
      const headers = header === undefined ? {} : { Authorization: header };
      const answer = await send(method, path, { ...sent, headers });
      assert.equal(answer.status, 401, `${method} ${path} ${header}`);
      assert.equal(answer.headers.get('WWW-Authenticate'), 'Bearer');
    }
  const headers = { Authorization: 'Bearer secret' };
  assert.equal((await send(fault.method, fault.path, { ...fault.request, headers })).status, 201);
  assert.equal((await send('DELETE', '/v1/faults', { headers })).status, 204);
});

test('where the file of the token is gone, or empty, nobody changes anything', async (t) => {
  for (const token of [null, '']) {
    const { send } = await withToken(t, token);
    for (const header of ['Bearer ', 'Bearer', 'Bearer null'])
      assert.equal((await send('DELETE', '/v1/faults', { headers: { Authorization: header } })).status, 401);
  }
});

test('without the right nothing is read of a body, and nothing changes', async (t) => {
  const { send, registry } = await withToken(t, 'secret');
  const answer = await send('PUT', '/v1/faults/slow', { text: 'x'.repeat(200_000) });
  assert.equal(answer.status, 401);
  assert.deepEqual(registry.list(), []);
});

/** Asked by another process, as user `uid`; the answer's status. */
async function putAs(uid: number, url: string): Promise<number> {
  const program = `const r = require('http').request(${JSON.stringify(`${url}/v1/faults/slow`)}, { method: 'PUT', headers: { 'Content-Type': 'application/json' } }, (a) => { console.log(a.statusCode); a.resume(); });
    r.end('{"sentence":"disk latency 1s"}');`;
  const child = spawn(process.execPath, ['-e', program], {
    uid,
    gid: uid,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return Number(await text(child.stdout));
}

test('by user: the one who is listed, whatever address it comes to, and no other', {
  skip: needs('root'),
}, async (t) => {
  const access: ControlAccess = { kind: 'users', uids: [0, 1234] };
  const { url, send } = await startedControl(t, someFacts, access);
  assert.equal((await send('GET', '/v1/faults')).status, 200);
  assert.equal((await send(fault.method, fault.path, fault.request)).status, 201, 'our own');
  assert.equal(await putAs(65534, url), 403);
  assert.equal(await putAs(1234, url), 200);
  assert.equal(await putAs(4321, url), 403);
});

test('a connection that came as IPv6 to an IPv4 address is the same user’s', {
  skip: needs('root'),
}, async (t) => {
  const { url } = await startedControl(t, someFacts, { kind: 'users', uids: [0] });
  const { port } = new URL(url);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asking = request(
      {
        host: '::ffff:127.0.0.1',
        port,
        method: 'DELETE',
        path: '/v1/faults',
        headers: { Host: 'localhost' },
        agent: false,
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    asking.on('error', reject);
    asking.end();
  });
  assert.equal(status, 204);
});
