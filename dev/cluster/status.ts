/** What of a cluster is up, and how a shell finds it. */
import { dirname } from 'node:path';
import { programPath } from './binaries.js';
import { Cluster, clusterVariable } from './cluster.js';
import { controlFolder } from './cluster-plan.js';

export interface ClusterStatus {
  readonly name: string;
  readonly isUp: boolean;
  readonly kubeconfig?: string;
  /** Kubelets, keys and logs of the control plane. */
  readonly folder?: string;
  readonly nodes: readonly NodeStatus[];
}

export interface NodeStatus {
  readonly name: string;
  readonly address: string;
  /** Of its PID 1, on this machine. */
  readonly pid: number;
  readonly ready: boolean;
  readonly folder: string;
}

export async function statusOf(name: string): Promise<ClusterStatus> {
  const cluster = Cluster.find(name);
  if (cluster === null) return { name, isUp: false, nodes: [] };
  const ready = await cluster.readyNodes().catch((): readonly string[] => []);
  const nodes = cluster.nodes.map(({ plan, machine }) => ({
    name: plan.name,
    address: plan.address,
    pid: machine.enclosure.pid,
    ready: ready.includes(plan.name),
    folder: plan.folder,
  }));
  return { name, isUp: true, kubeconfig: cluster.kubeconfig, folder: controlFolder(cluster.plan), nodes };
}

export function statusText({ name, isUp, kubeconfig, folder, nodes }: ClusterStatus): string {
  if (!isUp) return `${name} is not up`;
  const lines = nodes.map(
    (node) =>
      `  ${node.name}  ${node.address}  ${node.ready ? 'Ready' : 'NotReady'}  PID ${node.pid}  ${node.folder}`,
  );
  return [`${name} is up`, `  KUBECONFIG=${kubeconfig}`, `  logs: ${folder}`, ...lines].join('\n');
}

/** `npm run test:e2e` then plays on it, too. */
export const environmentOf = ({ kubeconfig, plan }: Cluster): string =>
  [
    `export KUBECONFIG='${kubeconfig}'`,
    `export ${clusterVariable}='${plan.name}'`,
    `export PATH='${dirname(programPath('kubectl'))}':"$PATH"`,
  ].join('\n');
