/** A thread of a reader pool: it says `ready` whenever its turn comes, and goes away and comes back when told. */
import { parentPort, workerData } from 'node:worker_threads';
import { ReaderPool } from '../../../sidecar/disk/reader-pool.js';

const { memory, mostReady, words } = workerData;
const readerPool = new ReaderPool(memory, mostReady);
const told = new Int32Array(words);
for (let turn = 0; ; turn++) {
  readerPool.enter();
  parentPort?.postMessage('ready');
  Atomics.wait(told, 0, turn);
  readerPool.leave();
}
