import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePorts } from '../../../../dev/demo/local/free-ports.js';

test('two different ports are free, and stay so until somebody takes them', async () => {
  const { database, replication } = await freePorts();
  assert.notEqual(database, replication);
  for (const port of [database, replication]) {
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    await once(server.close(), 'close');
  }
});
