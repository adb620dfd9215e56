/** The controller on its own account, in runs of every kind: each verb that it is granted is used, and none is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources } from '../../../kube/resources.js';
import { type AuditEvent, auditRbac, type BoundRules, type PolicyRule } from '../../manifests/rbac-audit.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import {
  type ControlledCluster,
  controlledCluster,
  controllerUser,
  createExperiment,
  experimentNow,
  experiments,
  isThroughNow,
} from './controlled-cluster.js';
import { createPod, namespace } from './pods-without-nodes.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const system = 'havock8s-system';
/** Long enough to begin on a busy machine. */
const lasts = '4s';
const safety = { allow: ['quorum', 'share', 'budget'] };
const recoveryObjective = '2s';

/** Asked for by a policy, of whoever sets a fault: no request of its own. */
const byPolicy = ['create faults.havock8s.io'];

const db = { name: 'db', workload: { kind: 'StatefulSet', name: 'db' }, ordinals: [0] };
const ownedBy = (kind: string, name: string) => ({ name, workload: { kind, name } });
const node = (action: string, pod: string) => ({
  ...{ targets: [{ name: 'node', pods: [pod] }], safety, recoveryObjective },
  // An isolation lasts for whole seconds.
  steps: [{ node: { action, for: lasts } }],
});
const scaled = (kind: string, name: string) => ({
  ...{ targets: [ownedBy(kind, name)], safety },
  steps: [{ scale: { replicas: 2, for: lasts } }],
});
/** There is no Redis: it is asked with the password. */
const asksRedis = {
  probes: [
    {
      ...{ name: 'answers', interval: '200ms', timeout: '1s' },
      redis: { url: 'redis://127.0.0.1:9', passwordFrom: { secret: { name: 'redis', key: 'password' } } },
    },
  ],
  settle: '1s',
};

/** By name, those together that are about other pods and nodes. No kubelet restarts anything. */
const runs: readonly Readonly<Record<string, object>>[] = [
  {
    fault: { targets: [db], steps: [{ fault: `disk latency 10ms on fsync for ${lasts}` }] },
    deployment: scaled('Deployment', 'web'),
    replicas: scaled('ReplicaSet', 'bare'),
  },
  {
    members: scaled('StatefulSet', 'db'),
    secret: {
      targets: [ownedBy('Deployment', 'web')],
      hypothesis: asksRedis,
      steps: [{ wait: { for: lasts } }],
    },
  },
  {
    cordon: node('cordon', 'db-0'),
    restart: {
      ...{ targets: [{ ...db, ordinals: [1] }], safety, recoveryObjective, timeLimit: '5s' },
      steps: [{ restart: {} }],
    },
    delete: {
      ...{ targets: [{ name: 'web', pods: ['web-1-a'] }], safety, recoveryObjective },
      steps: [{ delete: {} }],
    },
  },
  { taint: node('taint', 'db-0') },
  { isolate: node('isolate', 'db-0') },
  { drain: node('drain', 'bare-a') },
];

/** The others have no probe, and are carried out. */
const ends: Readonly<Record<string, string>> = { secret: 'HypothesisNotHeldBefore', restart: 'TimeLimit' };

test('each right of the controller is used, and it asks for nothing that it may not', {
  skip,
  timeout: 600_000,
}, async (t) => {
  const cluster = await controlledCluster(t);
  const { server } = cluster;
  await server.kubectl.succeed(['apply', `--namespace=${namespace}`, '-f', '-'], {
    ...{ apiVersion: 'v1', kind: 'List', items: [...workloads, ...secretForController] },
  });
  const web = await cluster.api.get({ resource: resources.deployments, namespace, name: 'web' });
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'web',
    uid: web?.metadata.uid,
    controller: true,
  };
  await cluster.api.patch(
    { resource: resources.replicaSets, namespace, name: 'web-1' },
    { kind: 'merge', body: { metadata: { ownerReferences: [owner] } } },
  );
  await createOwned(cluster, 'ReplicaSet', 'web-1', 'web-1-a');
  await createOwned(cluster, 'ReplicaSet', 'bare', 'bare-a');
  const controller = await cluster.startController();
  await server.kubectl.succeed(['create', `--namespace=${namespace}`, '-f', '-'], schedule);
  const { uid } = await server.kubectl
    .json<{ metadata: { uid: string } }>(['get', 'expsched', 'minutely', `--namespace=${namespace}`])
    .then(({ metadata }) => metadata);

  for (const together of runs)
    await Promise.all(
      Object.entries(together).map(async ([name, spec]) => {
        await createExperiment(cluster, name, spec);
        await until(() => isThroughNow(cluster, name), 90_000);
        const { reason } = (await experimentNow(cluster, name))?.status ?? {};
        assert.equal(reason, ends[name] ?? 'NothingMeasured', name);
      }),
    );
  await until(async () => (await namesOfRuns(cluster, uid)).length > 0, 90_000);
  const [first = ''] = await namesOfRuns(cluster, uid);
  t.diagnostic(`the schedule started ${first}, and forgets it once it is over`);
  await until(async () => (await experimentNow(cluster, first)) === null, 90_000);
  controller.child.kill('SIGTERM');
  await controller.ended;

  const bound: readonly BoundRules[] = [
    { namespace: system, rules: await rulesOf(cluster, ['role', 'havock8s-controller', '-n', system]) },
    { namespace: null, rules: await rulesOf(cluster, ['clusterrole', 'havock8s-controller']) },
    { namespace: null, rules: await rulesOf(cluster, ['clusterrole', 'havock8s-node-failure']) },
    { namespace, rules: await rulesOf(cluster, ['role', 'secret', '-n', namespace]) },
  ];
  const { unused, refused } = auditRbac(controllerUser, bound, eventsOf(server.readAudit()));
  assert.deepEqual({ unused, refused }, { unused: byPolicy, refused: [] });
});

const namesOfRuns = async ({ api }: ControlledCluster, schedule: string): Promise<readonly string[]> =>
  (await api.list(experiments)).items
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === schedule))
    .map(({ metadata }) => metadata.name);

async function createOwned(
  { server, api, sidecars }: ControlledCluster,
  kind: 'ReplicaSet',
  name: string,
  pod: string,
): Promise<void> {
  const owner = await api.get({ resource: resources.replicaSets, namespace, name });
  const { uid = '' } = owner?.metadata ?? {};
  const port = new URL(sidecars.get('db-0')?.url ?? '').port;
  await createPod(server.kubectl, {
    ...{ name: pod, isReady: true, readOnlyPort: Number(port), labels: { app: name } },
    owner: { apiVersion: 'apps/v1', kind, name, uid, controller: true },
  });
}

const rulesOf = async (
  { server }: ControlledCluster,
  args: readonly string[],
): Promise<readonly PolicyRule[]> =>
  (await server.kubectl.json<{ readonly rules: readonly PolicyRule[] }>(['get', ...args])).rules;

const eventsOf = (audit: string): readonly AuditEvent[] =>
  audit
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);

const replicated = (kind: string, name: string) => ({
  ...{ apiVersion: 'apps/v1', kind, metadata: { name } },
  spec: {
    ...{ replicas: 1, selector: { matchLabels: { app: name } } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'web' }] } },
  },
});

const workloads = [
  replicated('Deployment', 'web'),
  replicated('ReplicaSet', 'web-1'),
  replicated('ReplicaSet', 'bare'),
];

/** As docs/operate/rbac.md says how to let it read one. */
const secretForController = [
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'redis' }, stringData: { password: 'secret' } },
  {
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'secret' } },
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['redis'], verbs: ['get'] }],
  },
  {
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'secret' } },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'secret' },
    subjects: [{ kind: 'ServiceAccount', name: 'havock8s-controller', namespace: system }],
  },
];

const schedule = {
  ...{ apiVersion: 'havock8s.io/v1alpha1', kind: 'ExperimentSchedule', metadata: { name: 'minutely' } },
  spec: {
    ...{ schedule: '* * * * *', successfulRunsHistoryLimit: 0, failedRunsHistoryLimit: 0 },
    template: { spec: { targets: [db], steps: [{ wait: { for: lasts } }] } },
  },
};
