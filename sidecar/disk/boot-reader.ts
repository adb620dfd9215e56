/** A reader thread that waits to be told what it reads. Booting takes longer than all that follows. */
import { Worker } from 'node:worker_threads';

export const bootReader = (): Worker =>
  new Worker(new URL('./reader.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 64 },
  });
