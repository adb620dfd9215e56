/** A thread that counts in memory it shares, one read and one write at a time, under the lock. */
import { parentPort, workerData } from 'node:worker_threads';
import { Lock } from '../../../../sidecar/disk/state/lock.js';

const words = new Int32Array(workerData.memory);
const lock = new Lock(words, 0);
for (let turn = 0; turn < workerData.turns; turn++) {
  lock.hold(() => {
    words[1] = (words[1] ?? 0) + 1;
  });
}
parentPort?.postMessage('done');
