/** What the bench needs of the machine, told before anything is started. */
import { HavocError } from '../../../core/havoc-error.js';
import { type Program, requirePrograms } from '../programs.js';
import type { Subject } from './place.js';

const programs: readonly (Program & { readonly for?: Subject })[] = [
  { program: 'ip', debianPackage: 'iproute2' },
  { program: 'haproxy', debianPackage: 'haproxy' },
  { program: 'iperf3', debianPackage: 'iperf3' },
  { program: 'wrk', debianPackage: 'wrk' },
  { program: 'redis-server', debianPackage: 'redis-server' },
  { program: 'redis-benchmark', debianPackage: 'redis-tools' },
  { program: 'nft', debianPackage: 'nftables', for: 'transparent' },
];

export function checkTools(subjects: readonly Subject[]): void {
  if (process.getuid?.() !== 0) {
    throw new HavocError('bench.lacks', 'the bench makes network namespaces: run it as root');
  }
  requirePrograms(programs.filter((one) => !one.for || subjects.includes(one.for)));
}
