/** The ready experiments of a cluster, as they stand, on PostgreSQL under Patroni with a sidecar in each pod. */
import assert from 'node:assert/strict';
import { after, before, suite } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { password, patroniSet, postgresPort } from '../operators/patroni.js';
import { asksForSidecar } from '../postgres/postgres-set.js';
import { secretReadable, serviceOf, testReadyExperiments, twoWereDeleted } from './library.js';
import { journalOf } from './play-experiment.js';

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
      { file: 'primary-on-isolated-node', seen: () => nodeWasLost(environment) },
    ],
  );
});

/** Of the node and its pods it is told what became of them, and that all is as it was. */
async function nodeWasLost(environment: Environment): Promise<void> {
  const events = await journalOf(environment, 'primary-on-isolated-node');
  const seen = events.flatMap((event) =>
    event.type === 'seen' ? [`${event.subject} ${event.message}`] : [],
  );
  for (const fact of [
    /^node n\d is not Ready: NodeStatusUnknown$/,
    /^node n\d has the taint node\.kubernetes\.io\/unreachable:NoExecute$/,
    /^pod \S+\/pg-\d is not Ready/,
    /^endpoints \S+\/pg-primary-\S+ pg-\d at \S+ on node n\d gets no traffic$/,
    /^node n\d is Ready$/,
  ])
    assert.ok(
      seen.some((line) => fact.test(line)),
      `${fact} is not in\n${seen.join('\n')}`,
    );
  const parts = events.flatMap((event) => (event.type === 'recovered' ? [event.part] : []));
  for (const part of ['nodes', 'pods', 'traffic', 'role'] as const) assert.ok(parts.includes(part), part);
}
