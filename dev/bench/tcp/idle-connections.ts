/**
 * Holds connections to Redis open, each of which was answered once, so that it is known to lead through to the
 * server. Runs in a process of its own, where the clients are, until it is ended.
 *
 *     node idle-connections.js HOST PORT COUNT   writes `connected` to stderr when all are
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const atOnce = 50;

const [, , host = '', port = '', count = ''] = process.argv;
for (let held = 0; held < Number(count); held += atOnce) {
  const batch = Math.min(atOnce, Number(count) - held);
  await Promise.all(Array.from({ length: batch }, hold));
}
process.stderr.write('connected\n');

async function hold(): Promise<void> {
  const socket = connect({ host, port: Number(port) });
  socket.write('PING\r\n');
  await once(socket, 'data');
}
