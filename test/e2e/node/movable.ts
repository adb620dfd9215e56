/**
 * A StatefulSet and a Deployment whose data may be lost, so that they can move; both go to the same node where they
 * can.
 */
import { annotation } from '../../../core/keys.js';
import { databasesImage } from '../../../dev/cluster/images/references.js';

const redis = {
  name: 'redis',
  image: databasesImage,
  imagePullPolicy: 'Never',
  command: [
    'redis-server',
    '--dir',
    '/data',
    '--appendonly',
    'yes',
    '--bind',
    '0.0.0.0',
    '--protected-mode',
    'no',
  ],
  volumeMounts: [{ name: 'data', mountPath: '/data' }],
};

const injected = { [annotation.inject]: 'true', [annotation.volumes]: 'data', [annotation.ports]: 'none' };

const pod = (app: string) => ({
  terminationGracePeriodSeconds: 5,
  affinity: {
    podAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: { environment: 'movable' } },
          },
        },
      ],
    },
  },
  containers: [{ ...redis, name: app }],
  volumes: [{ name: 'data', emptyDir: {} }],
});

export const statefulSetPod = {
  labels: { app: 'db', environment: 'movable' },
  annotations: { ...injected, 'fault.havock8s.io/slow': 'disk latency 5ms on fsync for 10m' },
};

const cachePod = { labels: { app: 'cache', environment: 'movable' }, annotations: injected };

export const movable: readonly object[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      selector: { matchLabels: { app: 'db' } },
      template: { metadata: statefulSetPod, spec: pod('db') },
    },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'cache' },
    spec: {
      selector: { matchLabels: { app: 'cache' } },
      template: { metadata: cachePod, spec: pod('cache') },
    },
  },
];
