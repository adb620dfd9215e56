/**
 * `npm run bench:disk`, `bench:tcp` and `bench:webhook`: ours beside what it is to be compared with.
 *
 *     node main.js disk|tcp|webhook [options]
 */
import { diskBench } from './disk/disk-bench.js';
import { runBench } from './run-bench.js';
import { tcpBench } from './tcp/tcp-bench.js';
import { webhookBench } from './webhook/webhook-bench.js';

const [, , which, ...args] = process.argv;
if (which === 'disk') await runBench(diskBench, args);
else if (which === 'tcp') await runBench(tcpBench, args);
else if (which === 'webhook') await runBench(webhookBench, args);
else throw new RangeError(`no bench ${which}`);
