import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../../../../../core/clock.js';
import type { DatabaseAddress } from '../../../../../../experiment/worlds/kubernetes/roles/ask/address.js';
import { askPods, askRoles } from '../../../../../../experiment/worlds/kubernetes/roles/ask/ask-roles.js';
import { until } from '../../../../../sidecar/mounted/until.js';
import { portOf } from '../../../../../sidecar/network/ports.js';
import { pod } from '../pods.js';

const options = (port: number, signal = new AbortController().signal) => ({
  clock: systemClock,
  signal,
  at: { port, user: 'app', password: null, database: 'postgres', tls: null },
});
const pods = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...pod(`db-${index}`), address: '127.0.0.1' }));

test('sixteen pods are asked at once, and every one is', async () => {
  let now = 0;
  let most = 0;
  const ask = async ({ host }: DatabaseAddress): Promise<string> => {
    now += 1;
    most = Math.max(most, now);
    await new Promise((next) => setImmediate(next));
    now -= 1;
    return host;
  };
  const answers = await askPods(pods(50), { name: 'it', ask }, options(1));
  assert.equal(most, 16);
  assert.deepEqual(
    answers.map(({ pod: { name }, answer }) => `${name} ${answer}`),
    pods(50).map(({ name }) => `${name} 127.0.0.1`),
  );
});

test('a pod without an address is not asked', async () => {
  const roles = await askRoles([pod('db-0')], 'redis', options(6379));
  assert.deepEqual(roles.get('db-0'), { kind: 'unknown', why: 'it has no address' });
});

test('servers that take connections and say nothing: all are unknown after two seconds, whatever the database', async (t) => {
  let open = 0;
  const silent = createServer((socket) => {
    open += 1;
    socket.on('error', () => undefined);
    socket.resume().once('close', () => (open -= 1));
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const kinds = {
    postgres: 'PostgreSQL',
    mysql: 'MySQL',
    redis: 'Redis',
    etcd: 'etcd',
    mongodb: 'MongoDB',
  } as const;
  const seen = await Promise.all(
    (['postgres', 'mysql', 'redis', 'etcd', 'mongodb'] as const).map(async (kind) => {
      const roles = await askRoles(pods(2), kind, options(portOf(silent)));
      return [...roles.values()].map((role) => role.kind === 'unknown' && role.why);
    }),
  );
  for (const [index, name] of Object.values(kinds).entries())
    assert.deepEqual(seen[index], Array(2).fill(`${name} did not answer within 2000 ms`));
  // Nothing is left of those that were asked.
  await until(() => open === 0);
});
