/** An operator that nobody here wrote, with its own role labels and failover: CloudNativePG. */
import assert from 'node:assert/strict';
import { after, before, suite, type TestContext, test } from 'node:test';
import { faultPrefix } from '../../../../core/keys.js';
import {
  describeState,
  podsWithRole,
  type RoleReading,
} from '../../../../experiment/worlds/kubernetes/roles/role.js';
import type { KubeObject } from '../../../../kube/kube-object.js';
import { needs } from '../../../needs.js';
import { needsCluster } from '../../cluster-at-hand.js';
import { Environment } from '../../environment.js';
import { eventually } from '../../eventually.js';
import { readyText, testReadyExperiments, twoWereDeleted } from '../../experiments/library.js';
import { play, played } from '../../experiments/play-experiment.js';
import { rolesNow } from '../roles-now.js';
import { installOperator } from './operator.js';
import {
  cluster,
  instances,
  name,
  ofCluster,
  password,
  postgresCluster,
  renamed,
} from './postgres-cluster.js';

const readyS = 400;
const patience = { boundMs: 120_000 };

suite('PostgreSQL under CloudNativePG', { skip: needsCluster('own') || needs('manager') }, () => {
  let environment: Environment;
  let uninstall: (() => Promise<void>) | undefined;
  before(async () => {
    environment = await Environment.open({ name: 'cnpg', volumesPerNode: 2 });
    uninstall = await installOperator(environment, (line) => console.log(line));
    // The operator is Ready before each node knows the way to its webhook.
    await eventually(
      'its webhook lets the Cluster be made',
      async () => {
        const items = postgresCluster(environment.storageClass);
        const { code, stderr } = await environment.run(['apply', '-f', '-'], {
          ...{ apiVersion: 'v1', kind: 'List', items },
        });
        return code === 0 || stderr;
      },
      patience,
    );
    await untilWell();
  });
  after(async () => {
    await environment?.run(['delete', cluster, '--timeout=120s']);
    await environment?.close();
    await uninstall?.();
  });

  const untilWell = async (): Promise<void> => {
    await environment.succeed(['wait', '--for=condition=Ready', cluster, `--timeout=${readyS}s`]);
  };
  const roles = (role: object): Promise<RoleReading> =>
    rolesNow(environment, { labelSelector: ofCluster, role, password });
  const pods = async (): Promise<readonly KubeObject[]> =>
    (await environment.json<{ items: readonly KubeObject[] }>(['get', 'pods', `--selector=${ofCluster}`]))
      .items;

  /** By the label and by the status of its Cluster the same, and nobody else. */
  async function agreedPrimary(): Promise<string> {
    let primary = '';
    await eventually(
      'label and status agree on one primary and two replicas',
      async () => {
        const readings = [await roles({}), await roles({ by: 'operator' })];
        const [label = '', status] = readings.map((reading) => podsWithRole(reading, 'primary').join());
        const areAll = readings.every((one) => podsWithRole(one, 'replica').length === instances - 1);
        primary = label;
        return (label === status && areAll && label !== '') || readings.map(describeState).join(' | ');
      },
      patience,
    );
    return primary;
  }

  test('its pods are injected, and label and status name the same primary', async (t) => {
    const primary = await agreedPrimary();
    assert.equal((await roles({})).way, 'label cnpg.io/instanceRole (CloudNativePG)');
    assert.equal((await roles({ by: 'operator' })).way, 'Cluster (CloudNativePG)');
    const injected = (await pods()).filter(
      ({ metadata }) => metadata.labels?.['havock8s.io/injected'] === 'true',
    );
    assert.equal(injected.length, instances);
    t.diagnostic(`the primary is ${primary}`);
  });

  test('the budget by which it guards its primary is respected: a run that deletes it is refused', async () => {
    const before = (await pods()).map(({ metadata }) => metadata.uid);
    const text = renamed(readyText('primary-killed-twice')).replace(
      'name: primary-killed-twice',
      'name: guarded',
    );
    await environment.succeed(['create', '-f', '-'], text);
    const { said } = await played(environment, 'guarded');
    assert.match(said, /^Aborted: Refused: .*PodDisruptionBudget pg-primary allows 0 disruptions now/);
    assert.deepEqual(
      (await pods()).map(({ metadata }) => metadata.uid),
      before,
    );
  });

  test('its user lets the primary go', async () => {
    const patch = JSON.stringify({ spec: { enablePDB: false } });
    await environment.succeed(['patch', cluster, '--type=merge', `--patch=${patch}`]);
    await environment.succeed(['wait', '--for=delete', 'poddisruptionbudget/pg-primary', '--timeout=60s']);
  });

  testReadyExperiments(
    () => environment,
    [
      { file: 'fsync-stall-on-primary', renamed, seen: untilWell },
      {
        ...{ file: 'primary-killed-twice', renamed },
        seen: async (played) => {
          await twoWereDeleted(environment, played);
          await untilWell();
        },
      },
    ],
  );

  test('a stall follows the primary through a failover, and what was acknowledged is there', async (t) => {
    const old = await agreedPrimary();
    const { said, object } = await play(environment, 'followed', followed);
    const faults = object.status?.faults ?? [];
    t.diagnostic(`${said}; ${JSON.stringify(faults)}`);
    assert.match(said, /^Passed: /);
    assert.equal(object.status?.data, 'Intact', said);
    const primary = await agreedPrimary();
    assert.notEqual(primary, old);
    const hit = new Set(faults.flatMap(({ pod, hits }) => ((hits ?? 0) > 0 ? [pod] : [])));
    assert.ok(hit.has(old) && hit.has(primary), `hit ${[...hit].join(', ')}`);
  });

  test('nothing is left: no fault on a pod, no finalizer, no run that does not go', async (t: TestContext) => {
    for (const { metadata } of await pods())
      assert.deepEqual(
        Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith(faultPrefix)),
        [],
        metadata.name,
      );
    const { items } = await environment.json<{
      items: readonly (KubeObject & { metadata: { finalizers?: readonly string[] } })[];
    }>(['get', 'experiments']);
    assert.equal(items.length, 4);
    for (const { metadata } of items) assert.deepEqual(metadata.finalizers ?? [], [], metadata.name);
    const beganMs = performance.now();
    await environment.succeed(['delete', 'experiments', '--all', '--timeout=30s']);
    t.diagnostic(`gone in ${((performance.now() - beganMs) / 1000).toFixed(1)} s`);
  });
});

const url = `postgres://postgres@${name}-rw:5432/postgres`;
const passwordFrom = { secret: { name, key: 'password' } };

const followed = {
  targets: [{ name: 'primary', workload: { kind: 'Cluster', name }, role: { is: 'primary', follow: true } }],
  hypothesis: {
    settle: '2m',
    probes: [
      {
        ...{ name: 'writes', postgres: { url, passwordFrom, query: 'select pg_is_in_recovery()' } },
        ...{ condition: 'value == false', interval: '500ms', timeout: '5s' },
        tolerance: { during: { failures: 1000 }, after: { stableFor: '5s' } },
      },
    ],
  },
  ledger: { postgres: { url, passwordFrom } },
  steps: [
    { name: 'quiet', wait: { for: '3s' } },
    { name: 'stall', fault: 'disk latency 100ms on fsync for 60s' },
    { name: 'stalled', after: ['quiet'], wait: { until: 'faults.stall.injected > 0' }, timeLimit: '30s' },
    { name: 'gone', after: ['stalled'], delete: { gracePeriod: '0s' } },
  ],
  recoveryObjective: '3m',
};
