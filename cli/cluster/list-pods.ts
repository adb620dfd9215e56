/** The injected pods that a command line means, and what is on in each. */
import { atMost } from '../../core/at-most.js';
import { systemClock } from '../../core/clock.js';
import type { KubeObject, Selection } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import type { PodsFlags } from './cluster-flags.js';
import { clusterLimits } from './cluster-limits.js';
import { type ClusterPod, podKey, readClusterPod } from './cluster-pod.js';
import type { Cluster } from './open-cluster.js';
import { faultsOfPod, type PodFaults } from './pod-faults.js';
import type { SidecarReader } from './sidecar-reader.js';

export function selectionOf({ namespace }: Cluster, { allNamespaces, selector }: PodsFlags): Selection {
  return {
    resource: resources.pods,
    namespace: allNamespaces === true ? null : namespace,
    ...(selector !== undefined && { labelSelector: selector }),
  };
}

/** Those that have a sidecar at work, by namespace and name. */
export async function listInjectedPods(
  { api }: Cluster,
  selection: Selection,
): Promise<readonly ClusterPod[]> {
  const pods: ClusterPod[] = [];
  await api.listEach(selection, (object) => {
    const pod = injectedPod(object);
    if (pod !== null) pods.push(pod);
  });
  return inOrder(pods);
}

/** Null where no sidecar is, or none any more. */
export function injectedPod(object: KubeObject): ClusterPod | null {
  const pod = readClusterPod(object);
  return pod.isInjected && !pod.hasEnded ? pod : null;
}

export const inOrder = (pods: readonly ClusterPod[]): readonly ClusterPod[] =>
  pods.toSorted((a, b) => (podKey(a) < podKey(b) ? -1 : 1));

/** In the order of `pods`; each is asked, `clusterLimits.readsAtOnce` at a time. Never rejects. */
export async function readFaults(
  pods: readonly ClusterPod[],
  reader: Pick<SidecarReader, 'faultsOf'>,
): Promise<readonly PodFaults[]> {
  const read = new Map<ClusterPod, PodFaults>();
  await atMost(clusterLimits.readsAtOnce, pods, async (pod) => {
    const answer = await reader.faultsOf(pod);
    read.set(pod, faultsOfPod(pod, answer, systemClock.wallMs()));
  });
  return pods.flatMap((pod) => read.get(pod) ?? []);
}
