/** CoreDNS, beside the control plane. It knows the cluster's names and asks nobody for others. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../binaries.js';

export interface CoreDnsOptions {
  readonly folder: string;
  readonly address: string;
  readonly kubeconfig: string;
}

export const clusterDomain = 'cluster.local';

export function corednsCommand({ folder, address, kubeconfig }: CoreDnsOptions): readonly string[] {
  const corefile = join(folder, 'Corefile');
  writeFileSync(corefile, corefileText(address, kubeconfig));
  return [programPath('coredns'), `-conf=${corefile}`];
}

const corefileText = (address: string, kubeconfig: string): string => `.:53 {
  bind ${address}
  errors
  kubernetes ${clusterDomain} in-addr.arpa {
    kubeconfig ${kubeconfig}
    ttl 5
  }
}
`;
