/** A pod with a volume, in which nothing happens but what a test does. */
import type { V1Pod } from '@kubernetes/client-node';
import { annotation } from '../../core/keys.js';
import { databasesImage } from '../../dev/cluster/images/references.js';

export const idleContainer = 'app';
/** An emptyDir, on the node's disk. */
export const idleVolume = 'data';

export function idlePod(name: string, { inject }: { readonly inject: boolean }): V1Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      annotations: { [annotation.inject]: String(inject), [annotation.volumes]: idleVolume },
    },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: idleContainer,
          image: databasesImage,
          imagePullPolicy: 'Never',
          command: ['sleep', 'infinity'],
          volumeMounts: [{ name: idleVolume, mountPath: '/data' }],
        },
      ],
      volumes: [{ name: idleVolume, emptyDir: {} }],
    },
  };
}
