/** A hostile client, in a thread of its own: so many connections, each with a request that is never whole. */
import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { port, connections, atOnce } = workerData as {
  readonly port: number;
  readonly connections: number;
  readonly atOnce: number;
};

let begun = 0;
let ended = 0;

function another(): void {
  if (begun === connections) return;
  begun++;
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n'));
  socket.on('error', () => {});
  socket.on('close', () => {
    ended++;
    if (ended === connections) parentPort?.postMessage('over');
    else another();
  });
  socket.resume();
}

for (let index = 0; index < atOnce; index++) another();
