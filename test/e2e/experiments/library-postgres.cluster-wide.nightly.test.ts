/** The ready experiments of a cluster, as they stand, on PostgreSQL under Patroni with a sidecar in each pod. */
import { after, before, suite } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { password, patroniSet, postgresPort } from '../operators/patroni.js';
import { asksForSidecar } from '../postgres/postgres-set.js';
import { secretReadable, serviceOf, testReadyExperiments, twoWereDeleted } from './library.js';

const name = 'pg';

/** What the files need, as their second line says. */
const besides: readonly object[] = [
  serviceOf('pg-primary', { 'cluster-name': name, role: 'master' }, postgresPort),
  { ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name } }, stringData: { password } },
  ...secretReadable(name),
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
      { file: 'primary-killed-twice', seen: (played) => twoWereDeleted(environment, played) },
      { file: 'drain-during-failover' },
      { file: 'primary-on-isolated-node' },
    ],
  );
});
