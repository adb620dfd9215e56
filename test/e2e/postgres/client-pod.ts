/** Who asks a database over the network: a pod of its own, never injected, on the node of the database that it asks. */
import { annotation } from '../../../core/keys.js';
import { databasesImage } from '../../../dev/cluster/images/references.js';

export interface ClientPodOptions {
  readonly name: string;
  /** The pod whose node it shares, so that the way to it is the same for all. */
  readonly beside: string;
}

export const clientContainer = 'client';

export const clientPod = ({ name, beside }: ClientPodOptions): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, annotations: { [annotation.inject]: 'false' } },
  spec: {
    terminationGracePeriodSeconds: 1,
    affinity: {
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          {
            labelSelector: { matchLabels: { 'statefulset.kubernetes.io/pod-name': beside } },
            topologyKey: 'kubernetes.io/hostname',
          },
        ],
      },
    },
    containers: [
      {
        name: clientContainer,
        image: databasesImage,
        imagePullPolicy: 'Never',
        command: ['sleep', 'infinity'],
        env: [{ name: 'PGUSER', value: 'postgres' }],
      },
    ],
  },
});
