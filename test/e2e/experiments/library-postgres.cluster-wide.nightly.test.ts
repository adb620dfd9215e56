/** The ready experiments of a cluster, as they stand, on PostgreSQL under Patroni with a sidecar in each pod. */
import assert from 'node:assert/strict';
import { after, before, suite } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { password, patroniSet, postgresPort } from '../operators/patroni.js';
import { asksForSidecar } from '../postgres/postgres-set.js';
import { serviceOf, testReadyExperiments } from './library.js';
import type { Played } from './play-experiment.js';

const name = 'pg';

/** What the files need, as their second line says. */
const besides: readonly object[] = [
  serviceOf('pg-primary', { 'cluster-name': name, role: 'master' }, postgresPort),
  { ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name } }, stringData: { password } },
  {
    ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'havock8s-secrets' } },
    rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: [name], verbs: ['get'] }],
  },
  {
    ...{
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'havock8s-secrets' },
    },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'havock8s-secrets' },
    subjects: [{ kind: 'ServiceAccount', name: 'havock8s-controller', namespace: 'havock8s-system' }],
  },
];

suite('ready experiments on PostgreSQL under Patroni', { skip: needsCluster() }, () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open({ name: 'library' });
    const annotations = { ...asksForSidecar, 'havock8s.io/volumes': 'data,backup' };
    await environment.apply([...patroniSet({ name, replicas: 3, annotations, archives: true }), ...besides]);
    await environment.succeed(['rollout', 'status', `statefulset/${name}`, '--timeout=300s']);
  });
  after(() => environment?.close());

  testReadyExperiments(
    () => environment,
    [
      { file: 'fsync-stall-on-primary' },
      { file: 'flapping-replica' },
      { file: 'errors-on-one-replica' },
      { file: 'backup-volume-read-only' },
      { file: 'full-wal-volume' },
      { file: 'primary-killed-twice', seen: twoWereDeleted },
      { file: 'drain-during-failover' },
      { file: 'primary-on-isolated-node' },
    ],
  );

  /** The second kill was of the new primary. */
  async function twoWereDeleted({ object }: Played): Promise<void> {
    const events = await environment.json<{ items: readonly { reason: string; message: string }[] }>([
      ...['get', 'events', `--field-selector=involvedObject.uid=${object.metadata.uid},reason=Changed`],
    ]);
    const deleted = events.items.map(({ message }) => message);
    assert.equal(new Set(deleted).size, 2, deleted.join('; '));
  }
});
