/** Every work, in the order it is done: memory first, while no proxy has kept any from other works. */
import { bulkWork, cappedWork } from './bulk-works.js';
import { connectionsWork } from './connections-work.js';
import { latencyWorks } from './latency-works.js';
import { memoryWork } from './memory-work.js';
import { redisWorks } from './redis-works.js';
import type { Work } from './work.js';

export const works: readonly Work[] = [
  memoryWork,
  bulkWork,
  ...redisWorks,
  connectionsWork,
  ...latencyWorks,
  cappedWork,
];
