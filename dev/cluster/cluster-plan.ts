/**
 * Where everything of a cluster is: its folder, its addresses, its names.
 *
 *     this machine, 10.89.N.1 ── veth ── bridge in the control plane's network, 10.89.N.2
 *                                           ├─ veth ── n1, 10.89.N.11, pods 10.244.1.0/24
 *                                           └─ veth ── n2, 10.89.N.12, pods 10.244.2.0/24 ...
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface ClusterPlan {
  readonly name: string;
  readonly nodes: readonly NodePlan[];
  /** Of the network 10.89.N.0/24. */
  readonly network: number;
  /** Ends with the process that started it, however that ends. */
  readonly mortal: boolean;
}

export interface NodePlan {
  readonly name: string;
  readonly address: string;
  readonly podRange: string;
  /** Of all that is the node's, /var/lib and /var/log as it sees them included. */
  readonly folder: string;
}

export const apiPort = 6443;
export const maximumNodes = 9;

export interface ClusterPlanOptions {
  readonly name: string;
  readonly nodes: number;
  readonly network: number;
  readonly mortal: boolean;
}

export function planCluster({ name, nodes, network, mortal }: ClusterPlanOptions): ClusterPlan {
  const planned = Array.from({ length: nodes }, (_, index) => ({
    name: `n${index + 1}`,
    address: `10.89.${network}.${11 + index}`,
    podRange: `10.244.${index + 1}.0/24`,
    folder: join(clusterFolder(name), `n${index + 1}`),
  }));
  return { name, nodes: planned, network, mortal };
}

export const clusterFolder = (name: string): string =>
  join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local/state'), 'havock8s/clusters', name);

/** Of kubeconfigs, keys, logs and PIDs of the control plane. */
export const controlFolder = ({ name }: Pick<ClusterPlan, 'name'>): string =>
  join(clusterFolder(name), 'control-plane');

export const hereAddress = ({ network }: ClusterPlan): string => `10.89.${network}.1`;

export const controlAddress = ({ network }: ClusterPlan): string => `10.89.${network}.2`;

export const apiUrl = (plan: ClusterPlan): string => `https://${controlAddress(plan)}:${apiPort}`;

export const nodeUser = ({ name }: NodePlan): string => `system:node:${name}`;
