/** `npm run bench:disk`: fio, small files and pgbench, ours beside the bare directory and beside libfuse. */
import { runBench } from '../run-bench.js';
import { diskBench } from './disk-bench.js';

await runBench(diskBench, process.argv.slice(2));
