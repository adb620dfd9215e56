/** Pods that end, that crash and come again, that share their processes, that prepare a database first. */
import { databasesImage } from '../../../dev/cluster/images/references.js';
import type { Environment } from '../environment.js';
import { asking } from './paired-pods.js';
import { claimSpec, idle, podOf } from './pods.js';

const postgresUser = 999;
const data = '/var/lib/postgresql/data';

export const claim = (environment: Environment, name: string): object => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: claimSpec(environment),
});

const claimed = (name: string): object => ({ name, persistentVolumeClaim: { claimName: name } });

/** It must be over when its container is: our sidecars would keep it for ever if they were ordinary containers. */
export const backupJob = (environment: Environment): readonly object[] => [
  claim(environment, 'backup'),
  {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'backup' },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { labels: { app: 'backup' }, annotations: asking() },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 5,
          containers: [
            idle('backup', {
              command: ['sh', '-c', 'seq 100000 >/data/dump && sync /data/dump && sha256sum </data/dump'],
              volumeMounts: [{ name: 'backup', mountPath: '/data' }],
            }),
          ],
          volumes: [claimed('backup')],
        },
      },
    },
  },
];

/** Crashes twice, is done at the third time; each life leaves a line, and says all lines. */
export const crashingPod = (): object =>
  podOf(
    'crashing',
    {
      restartPolicy: 'OnFailure',
      containers: [
        idle('app', {
          command: [
            'sh',
            '-c',
            'echo life >>/data/lives; cat /data/lives; [ "$(wc -l </data/lives)" -ge 3 ]',
          ],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        }),
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
    },
    { 'havock8s.io/volumes': 'data' },
  );

/** initdb before, as another user than root, on a directory that a third one made. */
export const postgresPod = (environment: Environment): readonly object[] => [
  claim(environment, 'postgres'),
  podOf('postgres', {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: postgresUser,
      runAsGroup: postgresUser,
      fsGroup: postgresUser,
    },
    initContainers: [
      {
        name: 'initdb',
        image: databasesImage,
        imagePullPolicy: 'Never',
        command: ['sh', '-c', `whoami; initdb --auth=trust -D ${data}/pg`],
        volumeMounts: [{ name: 'postgres', mountPath: data }],
      },
    ],
    containers: [
      idle('postgres', {
        command: [
          ...['postgres', '-D', `${data}/pg`, '-c', 'unix_socket_directories=/run/postgresql'],
          // Its liveness is asked for from the node.
          ...['-c', 'listen_addresses=*'],
        ],
        ports: [{ containerPort: 5432 }],
        startupProbe: {
          exec: { command: ['pg_isready', '-h', '127.0.0.1'] },
          periodSeconds: 1,
          timeoutSeconds: 10,
          failureThreshold: 200,
        },
        livenessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 2, timeoutSeconds: 10 },
        volumeMounts: [
          { name: 'postgres', mountPath: data },
          { name: 'socket', mountPath: '/run/postgresql' },
        ],
      }),
    ],
    volumes: [claimed('postgres'), { name: 'socket', emptyDir: {} }],
  }),
];

/** Its containers see each other's processes, and ours. */
export const sharingPod = (environment: Environment): readonly object[] => [
  claim(environment, 'sharing'),
  podOf('sharing', {
    shareProcessNamespace: true,
    containers: [
      idle('first', {
        ports: [{ containerPort: 6379 }],
        command: ['redis-server', '--dir', '/data', '--appendonly', 'yes', '--protected-mode', 'no'],
        volumeMounts: [{ name: 'sharing', mountPath: '/data' }],
      }),
      idle('second', { volumeMounts: [{ name: 'sharing', mountPath: '/data' }] }),
    ],
    volumes: [claimed('sharing')],
  }),
];
