/** The ready experiments of a cluster, as they stand, on PostgreSQL under Patroni with a sidecar in each pod. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, suite, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { password, patroniSet, postgresPort } from '../operators/patroni.js';
import { asksForSidecar } from '../postgres/postgres-set.js';
import { played } from './play-experiment.js';

const name = 'pg';
const folder = 'manifests/experiments/cluster';
const files = ['fsync-stall-on-primary', 'flapping-replica', 'primary-killed-twice'];

/** What the files need, as their second line says. */
const besides: readonly object[] = [
  {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'pg-primary' } },
    spec: {
      selector: { 'cluster-name': name, role: 'master' },
      ports: [{ port: postgresPort }],
    },
  },
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
    const annotations = { ...asksForSidecar, 'havock8s.io/volumes': 'data' };
    await environment.apply([...patroniSet({ name, replicas: 3, annotations }), ...besides]);
    await environment.succeed(['rollout', 'status', `statefulset/${name}`, '--timeout=300s']);
  });
  after(() => environment?.close());

  for (const file of files)
    test(`${file}: as its first line says`, async () => {
      const path = `${folder}/${file}.yaml`;
      const [, verdict] = /^# Verdict: (\w+)/.exec(readFileSync(path, 'utf8')) ?? [];
      await environment.succeed(['create', '-f', path]);
      const { said, object } = await played(environment, file, 400);
      assert.ok(said.startsWith(`${verdict}: `), said);
      assert.equal(object.status?.faultsLeft, 0);
    });

  test('the second kill was of the new primary', async () => {
    const { object } = await played(environment, 'primary-killed-twice');
    const events = await environment.json<{ items: readonly { reason: string; message: string }[] }>([
      ...['get', 'events', `--field-selector=involvedObject.uid=${object.metadata.uid},reason=Changed`],
    ]);
    const deleted = events.items.map(({ message }) => message);
    assert.equal(new Set(deleted).size, 2, deleted.join('; '));
  });
});
