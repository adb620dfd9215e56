/** `limit` on intercepted connections: an end for both sides, and a reset for neither, whoever sends more. */
import assert from 'node:assert/strict';
import { createInterface, type Interface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { needs } from '../../needs.js';
import { addresses, type Host, withPair } from './host.js';
import { SidecarOnHost } from './sidecar-on-host.js';

const program = fileURLToPath(new URL('./ending-main.js', import.meta.url));

test('limit ends an intercepted connection in order on both sides, whichever side sends more', {
  skip: needs('network'),
}, async () => {
  await withPair(async ({ client, server }) => {
    const sidecar = await SidecarOnHost.start(server, '--inbound', '5000');
    try {
      for (const way of ['from', 'to'] as const) {
        await sidecar.arm('li', `tcp limit 100B ${way} 0.0.0.0/0,::/0`);
        for (const bytes of [150, 150_000, 3_000_000]) {
          const [called, calling] = way === 'from' ? [0, bytes] : [bytes, 0];
          const listener = lines(server, 'listen', '5000', String(called));
          assert.equal(await listener(), 'listening');
          const caller = lines(client, 'connect', addresses.server.ipv4, '5000', String(calling));
          const [receiver, sender] = way === 'from' ? [listener, caller] : [caller, listener];
          const told = [await receiver(), await sender()];
          assert.deepEqual(told, ['100 end', '0 end'], `${bytes} bytes ${way} the peer`);
        }
      }
      assert.equal((await sidecar.tcp()).resets, 0);
    } finally {
      await sidecar.close();
    }
  });
});

/** The next line that it says, and the next. */
function lines(host: Host, ...args: readonly string[]): () => Promise<string> {
  const child = host.spawn([process.execPath, program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  assert.ok(child.stdout);
  const spoken = linesOf(createInterface(child.stdout));
  return async () => String((await spoken.next()).value);
}

const linesOf = (input: Interface): AsyncIterator<string> => input[Symbol.asyncIterator]();
