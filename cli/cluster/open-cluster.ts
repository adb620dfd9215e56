/** The cluster of a command line. What talks to an API server is large, and loaded here, when it is asked for. */
import type { Connection } from '../../kube/connect.js';
import type { NamespaceFlags } from './cluster-flags.js';

export interface Cluster extends Connection {
  /** Of the command line, else of the context. */
  readonly namespace: string;
}

/** Rejects with kube.config. Connects to nobody yet. */
export async function openCluster({ namespace, kubeconfig, context }: NamespaceFlags): Promise<Cluster> {
  const { openConnection } = await import('../../kube/connect.js');
  const connection = openConnection({
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  });
  return namespace === undefined ? connection : { ...connection, namespace };
}
