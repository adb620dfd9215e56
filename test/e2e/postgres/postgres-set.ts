/**
 * A StatefulSet of PostgreSQL as an operator would make it: the first pod is the primary, the others clone it and follow.
 *
 *     pg-0 ◄─ streams ─ pg-1
 *       ▲                        one a node, each with a local volume, found by the names of a headless service
 *       └──── streams ─ pg-2
 */
import { annotation } from '../../../core/keys.js';
import { databasesImage } from '../../../dev/cluster/images/references.js';

export interface PostgresSetOptions {
  readonly name: string;
  readonly replicas: number;
  /** Of the pods: those that ask for the sidecar, and faults from the start. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the environment's namespace: `Environment.storageClass`. */
  readonly storageClass: string | undefined;
  /** Of the container. */
  readonly resources?: object;
}

export const asksForSidecar: Readonly<Record<string, string>> = { [annotation.inject]: 'true' };

export const port = 5432;
export const dataFolder = '/var/lib/postgresql/data';

/** User and group, in the databases' image. */
const postgres = 999;

/** As the official image starts: whoever is first initialises, the others copy. `-Fp -Xs` streams the WAL beside. */
const start = `
set -eu
data=$PGDATA
if [ ! -s "$data/PG_VERSION" ]; then
  if [ "\${HOSTNAME##*-}" = 0 ]; then
    initdb --username=postgres --auth=trust --data-checksums --encoding=UTF8 --locale=C --pgdata="$data" >/dev/null
    echo 'host all all all trust' >>"$data/pg_hba.conf"
    echo 'host replication all all trust' >>"$data/pg_hba.conf"
  else
    until pg_isready --quiet --host="$PRIMARY"; do sleep 0.2; done
    rm -rf "$data"/*
    pg_basebackup --host="$PRIMARY" --username=postgres --pgdata="$data" --write-recovery-conf --checkpoint=fast --wal-method=stream
    echo "primary_conninfo = 'host=$PRIMARY user=postgres application_name=$HOSTNAME'" >>"$data/postgresql.auto.conf"
  fi
fi
# A volume with an fsGroup is made the group's to write at each mount, and PostgreSQL will have none of that.
chmod 700 "$data"
exec postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql -c max_wal_senders=10 \\
  -c wal_keep_size=256MB -c wal_receiver_timeout=10s -c wal_sender_timeout=10s -c wal_retrieve_retry_interval=500ms
`;

export function postgresSet(options: PostgresSetOptions): readonly object[] {
  const { name } = options;
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { clusterIP: 'None', publishNotReadyAddresses: true, selector: { app: name }, ports: [{ port }] },
  };
  return [service, statefulSet(options)];
}

function statefulSet({
  name,
  replicas,
  annotations = {},
  storageClass,
  resources = {},
}: PostgresSetOptions): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: {
      serviceName: name,
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name }, annotations },
        spec: {
          terminationGracePeriodSeconds: 30,
          securityContext: {
            runAsUser: postgres,
            runAsGroup: postgres,
            fsGroup: postgres,
            runAsNonRoot: true,
          },
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { labelSelector: { matchLabels: { app: name } }, topologyKey: 'kubernetes.io/hostname' },
              ],
            },
          },
          containers: [{ ...container(name), resources }],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: {
            accessModes: ['ReadWriteOnce'],
            resources: { requests: { storage: '1Gi' } },
            ...(storageClass !== undefined && { storageClassName: storageClass }),
          },
        },
      ],
    },
  };
}

/** Each try is a process in the container: on a busy machine it may take seconds, and many of them make it busy. */
const isReady = { command: ['pg_isready', '--quiet'] };

const container = (name: string): object => ({
  name: 'postgres',
  image: databasesImage,
  imagePullPolicy: 'Never',
  command: ['bash', '-c', start],
  env: [
    { name: 'PGDATA', value: `${dataFolder}/pgdata` },
    { name: 'PGHOST', value: '/var/run/postgresql' },
    { name: 'PGUSER', value: 'postgres' },
    { name: 'PRIMARY', value: `${name}-0.${name}` },
  ],
  ports: [{ name: 'postgres', containerPort: port }],
  startupProbe: { exec: isReady, periodSeconds: 1, timeoutSeconds: 10, failureThreshold: 240 },
  readinessProbe: { exec: isReady, periodSeconds: 5, timeoutSeconds: 10 },
  volumeMounts: [{ name: 'data', mountPath: dataFolder }],
});
