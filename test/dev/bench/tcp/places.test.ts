import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listeningPorts } from '../../../../dev/bench/tcp/listening.js';
import { startFacts } from '../../../../dev/bench/tcp/ours.js';
import { proxyPorts, serverPorts, subjects } from '../../../../dev/bench/tcp/place.js';
import { Closing } from '../../../../dev/demo/closing.js';

test('no proxy listens where another or a server does, nor where clients get their ports', () => {
  const ports = [serverPorts, ...subjects.slice(1).map((_, index) => proxyPorts(index + 1))].flatMap((own) =>
    Object.values(own),
  );
  assert.equal(new Set(ports).size, subjects.length * 3);
  assert.ok(Math.max(...ports) < 32_768);
});

test('a port is listened at when the kernel says so, by IPv4 or IPv6, not when it is only connected', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:18EB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21 1
   1: 0100007F:1451 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 22 1
  10: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000
`;
  assert.deepEqual(listeningPorts(table), [6379, 8080]);
});

test('what ours says once it serves is found among its other lines', () => {
  const started = { kind: 'started', control: 'http://127.0.0.1:34567/', pids: { holder: 4, plane: 7 } };
  const lines = ['havock8s: a line for people', '{"level":30}', 'null', JSON.stringify(started)];
  assert.deepEqual(startFacts(lines), { control: '127.0.0.1:34567', planePid: 7 });
  assert.equal(startFacts(lines.slice(0, 3)), null);
});

test('all is closed in the opposite order, and what failed first is told at the end', async () => {
  const closing = new Closing();
  const closed: string[] = [];
  closing.add(async () => void closed.push('first'));
  closing.add(() => Promise.reject(new Error('second')));
  closing.add(async () => void closed.push('third'));
  await assert.rejects(closing.close(), { message: 'second' });
  assert.deepEqual(closed, ['third', 'first']);
  await closing.close();
});
