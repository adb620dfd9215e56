/** Three Redis servers that sync each write, each on a disk of its own, and a pod beside them, not injected, that writes. */
import { annotation } from '../../../core/keys.js';
import { databasesImage } from '../../../dev/cluster/images/references.js';
import { storageClassOf } from '../local-volumes.js';

export const names = ['db-0', 'db-1', 'db-2'] as const;

const image = { image: databasesImage, imagePullPolicy: 'Never' };
const redis = ['redis-server', '--dir', '/data', '--appendonly', 'yes', '--appendfsync', 'always'];

export const databasesOf = (namespace: string): readonly object[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db' },
    spec: { clusterIP: 'None', selector: { app: 'db' } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      replicas: names.length,
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' }, annotations: { [annotation.inject]: 'true' } },
        spec: {
          terminationGracePeriodSeconds: 10,
          containers: [
            {
              name: 'redis',
              ...image,
              command: [...redis, '--bind', '0.0.0.0', '--protected-mode', 'no'],
              ports: [{ containerPort: 6379 }],
              readinessProbe: { exec: { command: ['redis-cli', 'PING'] }, periodSeconds: 2 },
              volumeMounts: [{ name: 'data', mountPath: '/data' }],
            },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: storageClassOf(namespace),
            resources: { requests: { storage: '100Mi' } },
          },
        },
      ],
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'writer' },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'writer', ...image, command: ['sleep', 'infinity'] }],
    },
  },
];
