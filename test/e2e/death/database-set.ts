/**
 * A StatefulSet of one PostgreSQL, everything fsynced, on a local volume; and, beside its data, files that nobody
 * touches.
 */
import { annotation } from '../../../core/keys.js';
import { databasesImage } from '../../../dev/cluster/images/references.js';
import { storageClassOf } from '../local-volumes.js';

export interface DatabaseSetOptions {
  readonly name: string;
  /** Of the environment. */
  readonly namespace: string;
  readonly isInjected: boolean;
  /** Of the pods, beside that. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly graceS?: number;
}

export const container = 'postgres';
export const postgresPort = 5432;
/** Of the claim, as the app sees it. */
export const volumePath = '/var/lib/postgresql';
/** Below it: what must be the same for ever. */
export const bystandersFolder = 'bystanders';
/** Below it too. */
export const dataFolder = 'data';

/**
 * PostgreSQL takes SIGTERM for "when all clients have gone", and SIGINT for "now": the official image is stopped by that,
 * too. The shell is PID 1 and hands it on.
 */
const program = `
set -e
cd ${volumePath}
if [ ! -s ${dataFolder}/PG_VERSION ]; then
  mkdir -p ${bystandersFolder}/deep/deeper
  for i in $(seq 200); do echo "bystander $i" >${bystandersFolder}/deep/file-$i; done
  head -c 3000000 /dev/urandom >${bystandersFolder}/deep/deeper/large
  ln -s deep/file-1 ${bystandersFolder}/link
  ln ${bystandersFolder}/deep/file-2 ${bystandersFolder}/another-name
  install -d -o postgres -g postgres -m 700 ${dataFolder}
  setpriv --reuid postgres --regid postgres --init-groups initdb -D ${dataFolder} --data-checksums --auth=trust -U postgres -E UTF8 --locale=C
  echo 'host all all all trust' >>${dataFolder}/pg_hba.conf
fi
install -d -o postgres -g postgres /var/run/postgresql
setpriv --reuid postgres --regid postgres --init-groups postgres -D ${dataFolder} \\
  -c 'listen_addresses=*' -c shared_buffers=16MB -c min_wal_size=32MB -c max_wal_size=64MB -c checkpoint_timeout=30s -c log_checkpoints=off &
server=$!
trap 'kill -INT $server' TERM
wait $server || wait $server
`;

export const databaseSet = ({
  name,
  namespace,
  isInjected,
  annotations = {},
  graceS = 10,
}: DatabaseSetOptions): object => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name },
  spec: {
    serviceName: name,
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: {
        labels: { app: name },
        annotations: { [annotation.inject]: String(isInjected), ...annotations },
      },
      spec: {
        terminationGracePeriodSeconds: graceS,
        containers: [
          {
            name: container,
            image: databasesImage,
            imagePullPolicy: 'Never',
            command: ['sh', '-c', program],
            ports: [{ containerPort: postgresPort }],
            readinessProbe: {
              exec: { command: ['pg_isready', '--quiet', '--username=postgres'] },
              periodSeconds: 1,
              timeoutSeconds: 5,
              failureThreshold: 30,
            },
            volumeMounts: [{ name: 'data', mountPath: volumePath }],
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
          resources: { requests: { storage: '1Gi' } },
        },
      },
    ],
  },
});
