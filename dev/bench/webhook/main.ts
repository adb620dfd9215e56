/** `npm run bench:webhook`: a real webhook on one core, asked over HTTPS from another; ours beside one that has fast-json-patch compare. */
import { runBench } from '../run-bench.js';
import { webhookBench } from './webhook-bench.js';

await runBench(webhookBench, process.argv.slice(2));
