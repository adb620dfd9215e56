/** Loaded into every process and thread of a sidecar: a bug that three latencies on one chunk wake, to see what becomes of the faults. */
import { FlowQueue } from '../../../sidecar/tcp/connection/flow-queue.js';

const { push } = FlowQueue.prototype;

FlowQueue.prototype.push = function (this: FlowQueue, chunk) {
  if (chunk.delays.length === 3) throw new Error('sabotage');
  push.call(this, chunk);
};
