/** A thread on a rota: it says `ready` whenever its turn comes, and goes away and comes back when told. */
import { parentPort, workerData } from 'node:worker_threads';
import { Rota } from '../../../sidecar/disk/rota.js';

const { memory, mostReady, words } = workerData;
const rota = new Rota(memory, mostReady);
const told = new Int32Array(words);
for (let turn = 0; ; turn++) {
  rota.enter();
  parentPort?.postMessage('ready');
  Atomics.wait(told, 0, turn);
  rota.leave();
}
