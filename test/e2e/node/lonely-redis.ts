/** A Redis of one pod in a StatefulSet, which tolerates a lost node for long, with a Service and a client on another node. */
import { databasesImage } from '../../../dev/cluster/images/references.js';

const redis = (name: string, command: readonly string[]) => ({
  name,
  image: databasesImage,
  imagePullPolicy: 'Never',
  command,
});
const serve = ['redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--save', ''];
const labels = { app: 'db' };

/** Evicted by our own taint at once, by that of a lost node after five minutes. */
const tolerations = ['not-ready', 'unreachable'].map((what) => ({
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

export const lonelyRedis: readonly object[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      serviceName: 'db',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          tolerations,
          containers: [
            {
              ...redis('redis', serve),
              ports: [{ containerPort: 6379 }],
              readinessProbe: { tcpSocket: { port: 6379 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db' },
    spec: { selector: labels, ports: [{ port: 6379 }] },
  },
];

export const clientOn = (nodeName: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'client' },
  spec: {
    nodeName,
    terminationGracePeriodSeconds: 1,
    tolerations: [{ operator: 'Exists' }],
    containers: [redis('client', ['sleep', 'infinity'])],
  },
});

/** A pod that can be on that node alone. */
export const only = (node: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'only' },
  spec: {
    nodeSelector: { 'kubernetes.io/hostname': node },
    terminationGracePeriodSeconds: 1,
    containers: [redis('only', ['sleep', 'infinity'])],
  },
});

/** Of the one pod that there is. */
export const budget: object = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'db' },
  spec: { minAvailable: 1, selector: { matchLabels: labels } },
};
