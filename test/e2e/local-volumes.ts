/**
 * Disks of the nodes: `local` PersistentVolumes, which bind once a pod is scheduled, so that it goes where its data is.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../dev/cluster/cluster.js';
import type { Kubectl } from '../../dev/cluster/kubectl.js';

/** Below /var/lib of a node. */
export const nodeVolumeFolder = 'havock8s-volumes';

const deleteS = 120;

/** Of an environment, and named like it. */
export const storageClassOf = (namespace: string): string => namespace;

/** Where a volume of a node is on this machine, so that its bytes can be looked at from outside. */
export const volumeFolder = (cluster: Cluster, namespace: string, node: string, index: number): string =>
  join(cluster.node(node).plan.folder, 'lib', nodeVolumeFolder, namespace, String(index));

export function localVolumes(cluster: Cluster, namespace: string, perNode: number): readonly object[] {
  const labels = { environment: namespace };
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: storageClassOf(namespace), labels },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  const volumes = cluster.plan.nodes.flatMap(({ name: node }) =>
    Array.from({ length: perNode }, (_, index) => {
      mkdirSync(volumeFolder(cluster, namespace, node, index), { recursive: true });
      return {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: `${namespace}-${node}-${index}`, labels },
        spec: {
          capacity: { storage: '1Gi' },
          accessModes: ['ReadWriteOnce'],
          persistentVolumeReclaimPolicy: 'Retain',
          storageClassName: storageClassOf(namespace),
          local: { path: `/var/lib/${nodeVolumeFolder}/${namespace}/${index}` },
          nodeAffinity: {
            required: {
              nodeSelectorTerms: [
                { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [node] }] },
              ],
            },
          },
        },
      };
    }),
  );
  return [storageClass, ...volumes];
}

/** After the pods that have them. `own`: the cluster, where its nodes can be entered. */
export async function removeLocalVolumes(
  kubectl: Kubectl,
  own: Cluster | null,
  namespace: string,
): Promise<void> {
  const selector = `--selector=environment=${namespace}`;
  await kubectl.succeed(['delete', 'persistentvolume,storageclass', selector, `--timeout=${deleteS}s`]);
  for (const { plan } of own?.nodes ?? [])
    rmSync(join(plan.folder, 'lib', nodeVolumeFolder, namespace), { recursive: true, force: true });
}
