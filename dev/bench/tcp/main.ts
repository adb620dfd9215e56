/** `npm run bench:tcp`: ours beside a direct connection, HAProxy and Toxiproxy, each across a pair of network namespaces. */
import { runBench } from '../run-bench.js';
import { tcpBench } from './tcp-bench.js';

await runBench(tcpBench, process.argv.slice(2));
