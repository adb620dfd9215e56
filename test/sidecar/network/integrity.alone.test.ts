/** A gigabyte through the real sidecar under each effect: every byte arrives, in order, at the speed that is asked. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { startShipped } from '../../shipped.js';
import { Control } from '../mounted/control.js';
import { freePort, portOf } from './ports.js';

const gibibyte = 2 ** 30;
const block = Buffer.alloc(2 ** 20);
for (let at = 0; at < block.length; at += 4) block.writeUInt32LE(Math.imul(at, 2_654_435_761) >>> 0, at);

interface Passage {
  readonly title: string;
  readonly sentence: string;
  readonly bytes?: number;
  /** Is armed and disarmed all the while. */
  readonly isFlickering?: boolean;
}

const passages: readonly Passage[] = [
  { title: 'nothing armed', sentence: '' },
  { title: 'latency', sentence: 'tcp latency 2ms jitter 2ms' },
  { title: 'bandwidth', sentence: 'tcp bandwidth 700Mi/s' },
  { title: 'slice', sentence: 'tcp slice 64Ki' },
  { title: 'blackhole, on and off', sentence: 'tcp blackhole', isFlickering: true },
  { title: 'latency, on and off', sentence: 'tcp latency 30ms', isFlickering: true },
  { title: 'slow-close', sentence: 'tcp slow-close 100ms' },
  { title: 'reset that is not due', sentence: 'tcp reset after 10Gi' },
  { title: 'limit that is not due', sentence: 'tcp limit 10Gi' },
  { title: 'corrupt of another peer', sentence: 'tcp corrupt 9 bits from 203.0.113.9' },
];

test('a gigabyte arrives whole and in order', async (t) => {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = await freePort();
  const sidecar = await startShipped({
    disks: [],
    forwards: [{ host: '127.0.0.1', port, upstream: { host: '127.0.0.1', port: portOf(server) } }],
  });
  const control = new Control(sidecar.controlUrl);
  try {
    for (const passage of passages) {
      await t.test(passage.title, () => send(passage, { server, port, control }));
    }
  } finally {
    await sidecar.close();
    server.close();
  }
});

interface Stage {
  readonly server: Server;
  readonly port: number;
  readonly control: Control;
}

async function send(
  { sentence, isFlickering = false }: Passage,
  { server, port, control }: Stage,
): Promise<void> {
  const received = once(server, 'connection').then(([socket]) => receive(socket as Socket));
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  if (sentence !== '') await control.arm('effect', sentence);
  const flicker = isFlickering ? flickering(control, sentence) : null;
  for (let sent = 0; sent < gibibyte; sent += block.length) {
    if (!client.write(block)) await once(client, 'drain');
  }
  client.end();
  const heard = await received;
  await flicker?.stop();
  await control.disarm('effect');
  assert.equal(heard, gibibyte);
  client.destroy();
}

/** How much came, each byte of which is held against what was sent. */
async function receive(socket: Socket): Promise<number> {
  let heard = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; ) {
      const from = (heard + at) % block.length;
      const length = Math.min(chunk.length - at, block.length - from);
      const isSame = chunk.compare(block, from, from + length, at, at + length) === 0;
      assert.ok(isSame, `other bytes than were sent, from ${heard + at} on`);
      at += length;
    }
    heard += chunk.length;
  }
  socket.end();
  return heard;
}

function flickering(control: Control, sentence: string): { stop(): Promise<void> } {
  let isStopped = false;
  const done = (async () => {
    while (!isStopped) {
      await control.disarm('effect');
      await control.arm('effect', sentence);
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await done;
    },
  };
}
