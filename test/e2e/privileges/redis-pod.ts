/** A pod as Pod Security `restricted` wants it, with a volume and a port, so that disk and TCP have something to do. */
import type { V1Container, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import { databasesImage } from '../../../dev/cluster/images/references.js';

type Annotations = Readonly<Record<string, string>>;

const asks: Annotations = { [annotation.inject]: 'true', [annotation.volumes]: 'data' };

const spec: V1PodSpec = {
  terminationGracePeriodSeconds: 5,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  containers: [
    {
      name: 'redis',
      image: databasesImage,
      imagePullPolicy: 'Never',
      command: [
        ...['redis-server', '--dir', '/data', '--appendonly', 'yes', '--appendfsync', 'always'],
        ...['--bind', '0.0.0.0', '--protected-mode', 'no'],
      ],
      ports: [{ containerPort: 6379 }],
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
  ],
  volumes: [{ name: 'data', emptyDir: {} }],
};

export const redisPod = (name: string, annotations: Annotations = {}): V1Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, annotations: { ...asks, ...annotations } },
  spec,
});

export const statefulSet = (name: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name },
  spec: {
    serviceName: name,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name }, annotations: asks }, spec },
  },
});

const ours: ReadonlySet<string> = new Set(Object.values(sidecar));

export const ourContainers = ({
  spec: { initContainers = [], containers = [] } = { containers: [] },
}: V1Pod) => [...initContainers, ...containers].filter(({ name }: V1Container) => ours.has(name));
