/**
 * PostgreSQL under Patroni, Debian's, which keeps its leader lock in ConfigMaps and the role of each pod in its label:
 *
 *     ConfigMap pg-leader ─ leader, renewTime, ttl        pods pg-0 ... pg-2 ─ role=master | replica, annotation status
 */
import { databasesImage } from '../../../dev/cluster/images/references.js';

export interface PatroniOptions {
  readonly name: string;
  readonly replicas: number;
  /** Of the pods: those that ask for the sidecar, and faults from the start. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The WAL is copied to a volume `backup`. */
  readonly archives?: boolean;
}

export const postgresPort = 5432;
export const password = 'of-a-test';

/** User and group, in the databases' image. */
const postgres = 999;
const restPort = 8008;
/** A volume: all that is written. The socket of PostgreSQL is there too. */
const folder = '/var/lib/postgresql/data';
const backup = '/backup';

/** As short as Patroni allows: a lock that is not renewed is free after 20 s. */
const configuration = (archives: boolean) => ({
  bootstrap: {
    dcs: {
      ttl: 20,
      loop_wait: 2,
      retry_timeout: 5,
      postgresql: {
        use_pg_rewind: true,
        parameters: {
          wal_keep_size: '256MB',
          max_connections: 50,
          ...(archives && {
            archive_mode: 'on',
            archive_command: `test -f ${backup}/%f || cp %p ${backup}/%f`,
          }),
        },
      },
    },
    initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
    pg_hba: ['local all all trust', 'host all all all md5', 'host replication standby all md5'],
  },
  postgresql: {
    data_dir: `${folder}/pgdata`,
    bin_dir: '/usr/lib/postgresql/15/bin',
    pgpass: `${folder}/pgpass`,
    parameters: { unix_socket_directories: folder },
    authentication: {
      superuser: { username: 'postgres', password },
      replication: { username: 'standby', password },
      rewind: { username: 'rewind', password },
    },
  },
});

const start = `
set -eu
printf '%s' "$CONFIGURATION" >${folder}/patroni.yaml
mkdir -p -m 700 ${folder}/pgdata
exec patroni ${folder}/patroni.yaml
`;

export function patroniSet({
  name,
  replicas,
  annotations = {},
  archives = false,
}: PatroniOptions): readonly object[] {
  const labels = { application: 'patroni', 'cluster-name': name };
  const account = { name };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: account,
      rules: [
        {
          apiGroups: [''],
          resources: ['configmaps'],
          verbs: ['create', 'get', 'list', 'patch', 'update', 'watch', 'delete', 'deletecollection'],
        },
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'patch', 'update', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: account,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name }],
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, labels },
      spec: { clusterIP: 'None', selector: labels, ports: [{ port: postgresPort }] },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: { name, labels },
      spec: {
        serviceName: name,
        replicas,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations },
          spec: {
            serviceAccountName: name,
            terminationGracePeriodSeconds: 30,
            // As long as pods have it that say nothing, where nobody shortened it.
            tolerations: ['not-ready', 'unreachable'].map((state) => ({
              ...{ key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute' },
              tolerationSeconds: 300,
            })),
            securityContext: {
              runAsUser: postgres,
              runAsGroup: postgres,
              fsGroup: postgres,
              runAsNonRoot: true,
            },
            containers: [container(name, { labels, archives })],
            volumes: ['data', ...(archives ? ['backup'] : [])].map((volume) => ({
              name: volume,
              emptyDir: {},
            })),
          },
        },
      },
    },
  ];
}

const own = (name: string, fieldPath: string): object => ({ name, valueFrom: { fieldRef: { fieldPath } } });

const container = (
  name: string,
  { labels, archives }: { readonly labels: object; readonly archives: boolean },
): object => ({
  name: 'postgres',
  image: databasesImage,
  imagePullPolicy: 'Never',
  command: ['bash', '-c', start],
  env: [
    { name: 'CONFIGURATION', value: JSON.stringify(configuration(archives)) },
    { name: 'PGHOST', value: folder },
    { name: 'PGUSER', value: 'postgres' },
    { name: 'PATRONI_SCOPE', value: name },
    { name: 'PATRONI_KUBERNETES_LABELS', value: JSON.stringify(labels) },
    own('PATRONI_NAME', 'metadata.name'),
    own('PATRONI_KUBERNETES_NAMESPACE', 'metadata.namespace'),
    own('POD_IP', 'status.podIP'),
    { name: 'PATRONI_POSTGRESQL_LISTEN', value: `0.0.0.0:${postgresPort}` },
    { name: 'PATRONI_POSTGRESQL_CONNECT_ADDRESS', value: `$(POD_IP):${postgresPort}` },
    { name: 'PATRONI_RESTAPI_LISTEN', value: `0.0.0.0:${restPort}` },
    { name: 'PATRONI_RESTAPI_CONNECT_ADDRESS', value: `$(POD_IP):${restPort}` },
  ],
  ports: [{ name: 'postgres', containerPort: postgresPort }],
  startupProbe: { httpGet: { path: '/health', port: restPort }, periodSeconds: 2, failureThreshold: 120 },
  readinessProbe: { httpGet: { path: '/health', port: restPort }, periodSeconds: 5, timeoutSeconds: 10 },
  volumeMounts: [
    { name: 'data', mountPath: folder },
    ...(archives ? [{ name: 'backup', mountPath: backup }] : []),
  ],
});
