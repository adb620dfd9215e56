/** Loaded into every process and thread of a sidecar: the main thread of a fault proxy loops at SIGUSR2, its TCP proxy at a word. */
import { isMainThread } from 'node:worker_threads';
import { FlowQueue } from '../../../sidecar/tcp/connection/flow-queue.js';

const { push } = FlowQueue.prototype;

FlowQueue.prototype.push = function (this: FlowQueue, chunk) {
  if (Buffer.from(chunk.bytes).includes('loop for ever')) for (;;);
  push.call(this, chunk);
};

if (isMainThread && process.argv[1]?.endsWith('sidecar/proxy/main.js'))
  process.on('SIGUSR2', () => {
    for (;;);
  });
