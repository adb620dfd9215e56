/** `npm run bench:tcp`: ours beside a direct connection, HAProxy and Toxiproxy, each across a pair of network namespaces. */
import { requirePrograms, requireRoot } from '../machine.js';
import { goalColumn, ratioColumn, titleColumn, unitColumn, valueColumn } from '../report.js';
import type { Bench } from '../run-bench.js';
import { benchmarks } from './benchmarks.js';
import { type Size, type TcpTarget, targetNames } from './target.js';
import { openTargets } from './targets.js';

const titleOf = (target: string): string => (target === 'armed' ? '10 armed' : target);

const programs = [
  { program: 'ip', debianPackage: 'iproute2' },
  { program: 'haproxy', debianPackage: 'haproxy' },
  { program: 'iperf3', debianPackage: 'iperf3' },
  { program: 'wrk', debianPackage: 'wrk' },
  { program: 'redis-server', debianPackage: 'redis-server' },
  { program: 'redis-benchmark', debianPackage: 'redis-tools' },
  { program: 'nft', debianPackage: 'nftables', for: 'transparent' },
];

export const tcpBench: Bench<TcpTarget, Size> = {
  name: 'tcp',
  benchmarks,
  targets: targetNames,
  rounds: 5,
  sizes: {
    full: {
      bulkSeconds: 3,
      connectionSeconds: 3,
      manyRequests: 200_000,
      fewRequests: 40_000,
      idleConnections: 5000,
      roundTripSeconds: 2,
      cappedSeconds: 4,
    },
    quick: {
      bulkSeconds: 1,
      connectionSeconds: 1,
      manyRequests: 20_000,
      fewRequests: 5000,
      idleConnections: 1000,
      roundTripSeconds: 1,
      cappedSeconds: 2,
    },
  },
  check: (targets) => {
    requireRoot('makes network namespaces');
    requirePrograms(programs, targets);
  },
  open: openTargets,
  tables: [
    [titleColumn, ...targetNames.map((target) => valueColumn(titleOf(target), target)), unitColumn],
    [
      { ...titleColumn, title: 'times as good as haproxy' },
      ...targetNames
        .filter((target) => target !== 'haproxy')
        .map((target) => ratioColumn(titleOf(target), [target, 'haproxy'])),
      goalColumn,
    ],
  ],
  armed: ['armed', 'forward'],
};
