/** What this machine lacks for a cluster of its own. */
import { existsSync } from 'node:fs';
import { isProgram } from '../../test/is-program.js';
import { clusterPrograms, isBuilt } from './binaries.js';
import { whyGoIsUnfit } from './build-binaries.js';

/** Debian's, by package: dev/jobs/packages brings them. */
const programs = {
  'etcd-server': 'etcd',
  containerd: 'containerd',
  runc: 'runc',
  iproute2: 'ip',
  nftables: 'nft',
  conntrack: 'conntrack',
  'util-linux': 'nsenter',
} as const;
const plugin = '/usr/lib/cni/bridge';

/** A sentence, or null where nothing is lacking. */
export async function whyNoCluster(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'it takes root';
  const missing = Object.entries(programs).flatMap(([debian, program]) =>
    isProgram(program) ? [] : [debian],
  );
  if (!existsSync(plugin)) missing.push('containernetworking-plugins');
  if (missing.length > 0) return `missing: ${missing.join(', ')}`;
  const unbuilt = clusterPrograms.filter((program) => program !== 'helm' && !isBuilt(program));
  return unbuilt.length === 0 ? null : whyGoIsUnfit();
}
