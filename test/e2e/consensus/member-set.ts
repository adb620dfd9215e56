/** Members that vote: a StatefulSet with a headless Service, each member on a disk of its own, spread over the nodes. */
import { annotation } from '../../../core/keys.js';
import { databasesImage } from '../../../dev/cluster/images/references.js';
import { storageClassOf } from '../local-volumes.js';

export interface MemberSetOptions {
  readonly name: string;
  readonly namespace: string;
  readonly members: number;
  /** `$(POD)` and `$(IP)` in it are the member's own. */
  readonly command: readonly string[];
  /** By name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly readinessProbe: object;
  /** One after the other: those that need each other to be Ready cannot. */
  readonly inOrder?: boolean;
}

export const memberNames = ({
  name,
  members,
}: Pick<MemberSetOptions, 'name' | 'members'>): readonly string[] =>
  Array.from({ length: members }, (_, index) => `${name}-${index}`);

export function memberSet(options: MemberSetOptions): readonly object[] {
  const { name, namespace, members, ports, inOrder = false } = options;
  const labels = { app: name };
  return [
    headlessService(name, ports),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name },
      spec: {
        replicas: members,
        serviceName: name,
        podManagementPolicy: inOrder ? 'OrderedReady' : 'Parallel',
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: { [annotation.inject]: 'true' } },
          spec: memberSpec(options),
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: storageClassOf(namespace),
              resources: { requests: { storage: '64Mi' } },
            },
          },
        ],
      },
    },
  ];
}

/** Members find each other by name before any of them can be Ready. */
export const headlessService = (name: string, ports: Readonly<Record<string, number>>): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: {
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector: { app: name },
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number })),
  },
});

function memberSpec({ name, command, ports, readinessProbe }: MemberSetOptions): object {
  const own = (variable: string, fieldPath: string): object => ({
    name: variable,
    valueFrom: { fieldRef: { fieldPath } },
  });
  return {
    terminationGracePeriodSeconds: 5,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app: name } },
      },
    ],
    containers: [
      {
        name,
        image: databasesImage,
        imagePullPolicy: 'Never',
        env: [own('POD', 'metadata.name'), own('IP', 'status.podIP')],
        command,
        ports: Object.entries(ports).map(([port, number]) => ({ name: port, containerPort: number })),
        readinessProbe,
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
    ],
  };
}
