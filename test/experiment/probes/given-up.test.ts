/** Whoever is asked and given up again, whenever that is: nothing of it stays open. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { askMysql } from '../../../experiment/probes/mysql.js';
import { askPostgres } from '../../../experiment/probes/postgres.js';
import { askRedis } from '../../../experiment/probes/redis.js';
import { roleDatabases } from '../../../experiment/worlds/kubernetes/roles/ask/ask-roles.js';
import { until } from '../../sidecar/mounted/until.js';
import { portOf } from '../../sidecar/network/ports.js';

type AskAt = (port: number, signal: AbortSignal) => Promise<unknown>;

const asking = (signal: AbortSignal) => ({
  ...{ signal, variables: {}, secret: async () => '', ledger: () => null },
});
const password = { env: 'PASSWORD' };

const probes: readonly (readonly [string, AskAt])[] = [
  [
    'a probe of PostgreSQL',
    (port, signal) =>
      askPostgres(
        {
          url: `postgres://app@127.0.0.1:${port}/app`,
          passwordFrom: password,
          query: 'select 1',
        },
        asking(signal),
      ),
  ],
  [
    'a probe of MySQL',
    (port, signal) =>
      askMysql(
        {
          url: `mysql://app@127.0.0.1:${port}/app`,
          passwordFrom: password,
          query: 'select 1',
        },
        asking(signal),
      ),
  ],
  [
    'a probe of Redis',
    (port, signal) =>
      askRedis(
        { url: `redis://127.0.0.1:${port}`, passwordFrom: password, command: ['PING'] },
        asking(signal),
      ),
  ],
];

const roles = Object.values(roleDatabases).map(({ name, ask, load }): readonly [string, AskAt] => [
  `the role in ${name}`,
  async (port, signal) => {
    await load?.();
    return ask({ host: '127.0.0.1', port, user: 'app', password: 'x', database: 'app', tls: null }, signal);
  },
]);

describe('given up, whenever that is', { concurrency: true }, () => {
  for (const [who, ask] of [...probes, ...roles])
    for (const turns of [0, 10, 100])
      test(`${who}, ${turns} turns after it began`, async (t) => {
        const { port, accepted, open } = await silentServer(t);
        const over = new AbortController();
        if (turns === 0) over.abort();
        const asked = assert.rejects(ask(port, over.signal));
        // Without any I/O between: whoever connects has not been told so yet.
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
        over.abort();
        await asked;
        // Who comes later is accepted later.
        const last = connect(port, '127.0.0.1');
        await once(last, 'connect');
        const { localPort } = last;
        await until(() => accepted().has(localPort));
        last.destroy();
        await until(() => open() === 0, 20_000);
      });
});

async function silentServer(t: TestContext) {
  let open = 0;
  const accepted = new Set<number | undefined>();
  const server = createServer((socket) => {
    open += 1;
    accepted.add(socket.remotePort);
    socket.on('error', () => undefined);
    socket.resume().once('close', () => (open -= 1));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { port: portOf(server), open: () => open, accepted: () => accepted };
}
