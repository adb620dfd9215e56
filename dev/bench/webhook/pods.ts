/**
 * Pods as the API server sends them for review: a PostgreSQL with its exporter and init containers, defaults filled in,
 * owner and managed fields and all; and one that carries its configuration in its environment, as some do.
 */
import { labels, metadata } from './pod-metadata.js';

export interface BenchPod {
  readonly name: string;
  /** Of the environment of the database. */
  readonly settings: number;
}

/** What the reviews weigh, about: 12 KiB and 300 KiB. */
export const usualPod: BenchPod = { name: 'usual', settings: 20 };
export const largePod: BenchPod = { name: 'large', settings: 1619 };

/** The AdmissionReview of the pod's creation, as the bytes of a request. */
export function reviewOf(pod: BenchPod): Buffer {
  return Buffer.from(
    JSON.stringify({
      kind: 'AdmissionReview',
      apiVersion: 'admission.k8s.io/v1',
      request: {
        uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        resource: { group: '', version: 'v1', resource: 'pods' },
        requestKind: { group: '', version: 'v1', kind: 'Pod' },
        requestResource: { group: '', version: 'v1', resource: 'pods' },
        name: 'orders-postgresql-0',
        namespace: 'shop',
        operation: 'CREATE',
        userInfo: {
          username: 'system:serviceaccount:kube-system:statefulset-controller',
          uid: '1f0d5b5c-9f3b-4a36-8f1e-0c0f7e0d9c57',
          groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
        },
        object: podOf(pod),
        oldObject: null,
        dryRun: false,
        options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
      },
    }),
  );
}

/** The AdmissionReview of a fault being annotated. */
export function annotatedReviewOf(pod: BenchPod): Buffer {
  const review = JSON.parse(reviewOf(pod).toString('utf8'));
  const { request } = review;
  const object = structuredClone(request.object);
  object.metadata.annotations['fault.havock8s.io/slow-wal'] =
    'disk latency 200ms jitter 50ms on fsync in pg_wal/** chance 30% for 5m';
  return Buffer.from(
    JSON.stringify({
      ...review,
      request: { ...request, operation: 'UPDATE', oldObject: request.object, object },
    }),
  );
}

function podOf({ settings }: BenchPod): object {
  const environment = Array.from({ length: settings }, (_, index) => ({
    name: `POSTGRESQL_SETTING_${index}`,
    value: `shared-value-of-${index}.orders-postgresql-hl.shop.svc.cluster.local`,
  }));
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: metadata(environment.map(({ name }) => name)),
    spec: {
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: 'data-orders-postgresql-0' } },
        { name: 'empty-dir', emptyDir: {} },
        { name: 'dshm', emptyDir: { medium: 'Memory' } },
        { name: 'scripts', configMap: { name: 'orders-postgresql-scripts', defaultMode: 493 } },
        { name: 'kube-api-access-9xk2v', projected: { sources: tokenSources, defaultMode: 420 } },
      ],
      initContainers: [initContainer],
      containers: [database(environment), exporter],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'orders-postgresql',
      serviceAccount: 'orders-postgresql',
      automountServiceAccountToken: false,
      securityContext: { fsGroup: 1001, fsGroupChangePolicy: 'Always' },
      hostname: 'orders-postgresql-0',
      subdomain: 'orders-postgresql-hl',
      affinity,
      schedulerName: 'default-scheduler',
      tolerations: ['not-ready', 'unreachable'].map((condition) => ({
        key: `node.kubernetes.io/${condition}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {},
  };
}

const tokenSources = [
  { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  {
    downwardAPI: {
      items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
    },
  },
];

const securityContext = {
  capabilities: { drop: ['ALL'] },
  privileged: false,
  seLinuxOptions: {},
  runAsUser: 1001,
  runAsGroup: 1001,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  seccompProfile: { type: 'RuntimeDefault' },
};

const token = {
  name: 'kube-api-access-9xk2v',
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
};

const termination = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'IfNotPresent',
};

const initContainer = {
  name: 'init-chmod-data',
  image: 'docker.io/bitnami/os-shell:12-debian-12-r35',
  command: ['/bin/sh', '-ec', 'mkdir -p /bitnami/postgresql/data && chmod 700 /bitnami/postgresql/data'],
  resources: { limits: { cpu: '150m', memory: '192Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
  volumeMounts: [
    { name: 'empty-dir', mountPath: '/scratch', subPath: 'tmp-dir' },
    { name: 'data', mountPath: '/bitnami/postgresql' },
    token,
  ],
  securityContext,
  ...termination,
};

const probe = (command: string) => ({
  exec: { command: ['/bin/sh', '-c', command] },
  initialDelaySeconds: 30,
  timeoutSeconds: 5,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 6,
});

const database = (environment: readonly object[]) => ({
  name: 'postgresql',
  image: 'docker.io/bitnami/postgresql:17.2.0-debian-12-r8',
  ports: [{ name: 'tcp-postgresql', containerPort: 5432, protocol: 'TCP' }],
  env: [
    { name: 'BITNAMI_DEBUG', value: 'false' },
    {
      name: 'POSTGRES_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'orders-postgresql', key: 'postgres-password' } },
    },
    { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    ...environment,
  ],
  resources: { limits: { cpu: '2', memory: '4Gi' }, requests: { cpu: '500m', memory: '2Gi' } },
  volumeMounts: [
    { name: 'empty-dir', mountPath: '/scratch', subPath: 'tmp-dir' },
    { name: 'empty-dir', mountPath: '/opt/bitnami/postgresql/conf', subPath: 'app-conf-dir' },
    { name: 'empty-dir', mountPath: '/opt/bitnami/postgresql/tmp', subPath: 'app-tmp-dir' },
    { name: 'scripts', mountPath: '/docker-entrypoint-initdb.d' },
    { name: 'dshm', mountPath: '/dev/shm' },
    { name: 'data', mountPath: '/bitnami/postgresql' },
    token,
  ],
  livenessProbe: probe('exec pg_isready -U "orders" -d "dbname=orders" -h 127.0.0.1 -p 5432'),
  readinessProbe: probe(
    'exec pg_isready -U "orders" -h 127.0.0.1 && [ -f /opt/bitnami/postgresql/tmp/.initialized ]',
  ),
  startupProbe: probe('exec pg_isready -U "orders" -h 127.0.0.1 -p 5432'),
  lifecycle: {
    preStop: { exec: { command: ['/bin/sh', '-c', 'pg_ctl stop -m fast -D /bitnami/postgresql/data'] } },
  },
  securityContext,
  ...termination,
});

const exporter = {
  name: 'metrics',
  image: 'docker.io/bitnami/postgres-exporter:0.16.0-debian-12-r9',
  ports: [{ name: 'http-metrics', containerPort: 9187, protocol: 'TCP' }],
  env: [
    { name: 'DATA_SOURCE_URI', value: '127.0.0.1:5432/orders?sslmode=disable' },
    { name: 'DATA_SOURCE_PASS_FILE', value: '/opt/bitnami/postgresql/secrets/password' },
  ],
  resources: { limits: { cpu: '150m', memory: '192Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
  volumeMounts: [{ name: 'empty-dir', mountPath: '/scratch', subPath: 'tmp-dir' }, token],
  livenessProbe: {
    httpGet: { path: '/', port: 'http-metrics', scheme: 'HTTP' },
    initialDelaySeconds: 5,
    timeoutSeconds: 5,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 6,
  },
  securityContext,
  ...termination,
};

const affinity = {
  podAntiAffinity: {
    preferredDuringSchedulingIgnoredDuringExecution: [
      {
        weight: 1,
        podAffinityTerm: { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
      },
    ],
  },
};
