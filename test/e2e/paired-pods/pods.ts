/**
 * Pods with what real ones have: subpaths, init containers that prepare, groups that own, roots that cannot be written.
 */
import { databasesImage } from '../../../dev/cluster/images/references.js';
import type { Environment } from '../environment.js';
import { storageClassOf } from '../local-volumes.js';
import { asking } from './paired-pods.js';

export interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
}

/** Idle, but for what a test does in it. */
export const idle = (name: string, more: object = {}): object => ({
  name,
  image: databasesImage,
  imagePullPolicy: 'Never',
  command: ['sleep', 'infinity'],
  ...more,
});

export const podOf = (
  name: string,
  spec: object,
  annotations: Readonly<Record<string, string>> = {},
): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: name }, annotations: asking(annotations) },
  // The same for both, so that they have the same disk below, and the same routes.
  spec: { terminationGracePeriodSeconds: 1, nodeSelector: { 'kubernetes.io/hostname': 'n1' }, ...spec },
});

export const claimSpec = (environment: Environment): object => ({
  accessModes: ['ReadWriteOnce'],
  storageClassName: storageClassOf(environment.namespace),
  resources: { requests: { storage: '64Mi' } },
});

const podName = { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };

/** What an image's entrypoint or an operator does before the database starts. */
const prepare = `
set -eu
mkdir -p /all/own/deeper /all/shared /all/for-paths-0
chown -R 999:999 /all/own
chmod 0700 /all/own
echo prepared >/all/own/deeper/file
ln -s deeper/file /all/own/link
install -o 1234 -g 4321 -m 2775 -d /all/shared
`;

/** One claim: by several subpaths, by an expression, whole, twice in one container, read-only, in two containers. */
export const pathsSet = (environment: Environment): readonly object[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'paths' },
    spec: { clusterIP: 'None', selector: { app: 'paths' }, ports: [{ port: 5432 }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'paths' },
    spec: {
      replicas: 1,
      serviceName: 'paths',
      selector: { matchLabels: { app: 'paths' } },
      template: {
        metadata: { labels: { app: 'paths' }, annotations: asking() },
        spec: {
          terminationGracePeriodSeconds: 1,
          nodeSelector: { 'kubernetes.io/hostname': 'n1' },
          securityContext: { fsGroup: 2000, fsGroupChangePolicy: 'OnRootMismatch' },
          initContainers: [
            idle('prepare', {
              command: ['sh', '-c', prepare],
              volumeMounts: [{ name: 'data', mountPath: '/all' }],
            }),
          ],
          containers: [
            idle('first', { env: [podName], ports: [{ containerPort: 5432 }], volumeMounts: firstMounts }),
            idle('second', {
              securityContext: { runAsUser: 999, runAsGroup: 999 },
              volumeMounts: secondMounts,
            }),
          ],
        },
      },
      volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: claimSpec(environment) }],
    },
  },
];

const firstMounts: readonly Mount[] = [
  { name: 'data', mountPath: '/whole' },
  { name: 'data', mountPath: '/own', subPath: 'own' },
  { name: 'data', mountPath: '/deep', subPath: 'own/deeper' },
  { name: 'data', mountPath: '/data', subPathExpr: 'for-$(POD)' },
  { name: 'data', mountPath: '/frozen', subPath: 'shared', readOnly: true },
];

const secondMounts: readonly Mount[] = [
  { name: 'data', mountPath: '/own', subPath: 'own' },
  { name: 'data', mountPath: '/data', subPath: 'shared' },
];

/**
 * As restricted as a pod can be, of quality Guaranteed, with a name of its own; its scratch is a claim that it brings
 * along.
 */
export const restrictedPod = (environment: Environment): readonly object[] => [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'dbs' },
    spec: { clusterIP: 'None', selector: { app: 'restricted' }, ports: [{ port: 5432 }] },
  },
  podOf(
    'restricted',
    {
      hostname: 'db',
      subdomain: 'dbs',
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1001,
        supplementalGroups: [5555],
        fsGroup: 3000,
        fsGroupChangePolicy: 'Always',
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        idle('app', {
          securityContext: {
            readOnlyRootFilesystem: true,
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
          },
          resources: {
            requests: { cpu: '50m', memory: '64Mi' },
            limits: { cpu: '50m', memory: '64Mi' },
          },
          volumeMounts: [
            { name: 'scratch', mountPath: '/scratch' },
            { name: 'cache', mountPath: '/cache' },
          ],
        }),
      ],
      volumes: [
        { name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: claimSpec(environment) } } },
        { name: 'cache', emptyDir: {} },
      ],
    },
    { 'havock8s.io/volumes': 'scratch,cache' },
  ),
];
