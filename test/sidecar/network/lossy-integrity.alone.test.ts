/** Much data through real hosts while packets are lost and the two are cut off from each other, again and again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { needs } from '../../needs.js';
import { until } from '../mounted/until.js';
import { addresses, withPair } from './host.js';
import { SidecarOnHost } from './sidecar-on-host.js';

const mebibytes = 128;

/** Says `ready`, and then the digest of what one client sends. */
const listener = `
const { createHash } = require('node:crypto');
const server = require('node:net').createServer((socket) => {
  const hash = createHash('sha256');
  socket.on('data', (chunk) => hash.update(chunk));
  socket.on('end', () => { console.log(hash.digest('hex')); socket.end(); server.close(); });
}).listen(5000, () => console.log('ready'));
`;

const sender = `
const socket = require('node:net').connect(5000, '${addresses.server.ipv4}');
const block = Buffer.alloc(2 ** 20, 'the same block, again and again; ');
let left = ${mebibytes};
const go = () => { while (left-- > 0) if (!socket.write(block)) return socket.once('drain', go); socket.end(); };
go();
socket.resume();
`;

test('every byte arrives in order, though packets are lost and the hosts are cut off in between', {
  skip: needs('network'),
}, async (t) => {
  await withPair(async ({ client, server }) => {
    const receiving = server.spawn([process.execPath, '-e', listener], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.ok(receiving.stdout);
    let said = '';
    receiving.stdout.setEncoding('utf8').on('data', (more: string) => {
      said += more;
    });
    await until(() => said.startsWith('ready'));
    const sidecar = await SidecarOnHost.start(server, '--inbound', '5000');
    try {
      await sidecar.arm('lossy', `tcp loss 1% with ${addresses.client.ipv4}`);
      const sending = client.spawn([process.execPath, '-e', sender], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      assert.ok(sending.stdout);
      const sent = text(sending.stdout);
      const isOver = (): boolean => sending.exitCode !== null;
      while (!isOver()) {
        await sidecar.arm('split', `tcp partition with ${addresses.client.ipv4}`);
        await sidecar.awaitMatched('split', isOver);
        await sidecar.disarm('split');
        await sidecar.awaitMatched('lossy', isOver);
      }
      await sent;
      await until(() => said.includes('\n', 'ready\n'.length), 60_000);
      const block = Buffer.alloc(2 ** 20, 'the same block, again and again; ');
      const due = createHash('sha256');
      for (let made = 0; made < mebibytes; made++) due.update(block);
      assert.equal(said.slice('ready\n'.length).trim(), due.digest('hex'));
      const { tallies } = await sidecar.awaitInjected('lossy');
      t.diagnostic(`${tallies.injected} of ${tallies.matched} packets lost`);
    } finally {
      await sidecar.close();
    }
  });
});
