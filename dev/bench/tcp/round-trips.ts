/**
 * Asks one connection to Redis again and again, each time when the answer to the last has come. Runs in a
 * process of its own, where the clients are.
 *
 *     node round-trips.js HOST PORT COUNT   prints the median of the round trips in milliseconds
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { median } from '../results.js';

const [, , host = '', port = '', count = ''] = process.argv;
const socket = connect({ host, port: Number(port), noDelay: true });
await once(socket, 'connect');
const times: number[] = [];
for (let trip = 0; trip < Number(count); trip += 1) {
  const began = performance.now();
  socket.write('PING\r\n');
  await once(socket, 'data');
  times.push(performance.now() - began);
}
socket.destroy();
process.stdout.write(`${median(times)}\n`);
