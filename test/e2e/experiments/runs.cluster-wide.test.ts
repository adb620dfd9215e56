/** Experiments on PostgreSQL with two replicas, by the controller of the installation. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { faultPrefix } from '../../../core/keys.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { asksForSidecar, postgresSet } from '../postgres/postgres-set.js';
import { experimentOf, found, play, played } from './play-experiment.js';

interface PodList {
  readonly items: readonly {
    readonly metadata: {
      readonly name: string;
      readonly uid: string;
      readonly annotations?: Readonly<Record<string, string>>;
    };
  }[];
}

const workload = { kind: 'StatefulSet', name: 'pg' };
const primary = { name: 'primary', workload, ordinals: [0] };
const replicas = { name: 'replicas', workload, ordinals: [1, 2] };

suite('experiments on PostgreSQL', { skip: needsCluster() }, () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open({ name: 'runs', volumesPerNode: 1 });
    await environment.apply(
      postgresSet({
        ...{ name: 'pg', replicas: 3, annotations: asksForSidecar, storageClass: environment.storageClass },
      }),
    );
    await environment.succeed(['rollout', 'status', 'statefulset/pg', '--timeout=300s']);
  });
  after(() => environment.close());

  const database = () => `postgres://postgres@pg-0.pg.${environment.namespace}.svc.cluster.local/postgres`;
  const answers = () => ({
    probes: [
      {
        ...{ name: 'answers', postgres: { url: database() }, interval: '500ms', timeout: '5s' },
        tolerance: { during: { failures: 1000 } },
      },
    ],
    settle: '60s',
  });
  const pods = async () => (await environment.json<PodList>(['get', 'pods', '-l', 'app=pg'])).items;
  const faultsLeft = async () =>
    (await pods()).flatMap(({ metadata: { name, annotations = {} } }) =>
      Object.keys(annotations).flatMap((key) => (key.startsWith(faultPrefix) ? [`${name} ${key}`] : [])),
    );

  test('a slow disk of the primary: it hits, the data is intact, and nothing is left behind', async () => {
    const { object, said } = await play(environment, 'slow-wal', {
      targets: [primary],
      hypothesis: answers(),
      ledger: { postgres: { url: database() } },
      steps: [{ name: 'slow', fault: 'disk latency 50ms on fsync for 8s' }],
      recoveryObjective: '60s',
    });
    assert.match(said, /^Passed: HypothesisHeld: /);
    const { status, metadata } = object;
    assert.equal(status?.data, 'Intact');
    assert.deepEqual(
      status?.faults?.map(({ name, pod, state }) => [name, pod, state]),
      [['slow', 'pg-0', 'Off']],
    );
    assert.ok((status?.faults?.[0]?.hits ?? 0) > 10, JSON.stringify(status?.faults));
    assert.deepEqual(await faultsLeft(), []);
    await eventually(
      'the finalizer is gone',
      async () => {
        return ((await found(environment, 'slow-wal')).metadata.finalizers ?? []).length === 0;
      },
      { boundMs: 30_000 },
    );
    const events = await environment.json<{ items: readonly { reason: string }[] }>([
      ...['get', 'events', `--field-selector=involvedObject.uid=${metadata.uid}`],
    ]);
    const reasons = events.items.map(({ reason }) => reason);
    for (const reason of ['TargetsResolved', 'FaultArmed', 'Passed'])
      assert.ok(reasons.includes(reason), reason);
    await environment.succeed(['get', 'configmap', 'slow-wal-journal']);
  });

  test('a replica that is deleted comes back, and is waited for', async () => {
    const before = await pods();
    const { said } = await play(environment, 'lost-replica', {
      targets: [{ ...replicas, mode: 'one' }],
      hypothesis: answers(),
      steps: [
        { name: 'lost', delete: {} },
        { name: 'meanwhile', wait: { for: '5s' } },
      ],
      recoveryObjective: '120s',
    });
    assert.match(said, /^Passed: HypothesisHeld: .*1 change/);
    const uidsOf = (items: PodList['items']) =>
      new Map(items.map(({ metadata: { name, uid } }) => [name, uid]));
    const [was, is] = [uidsOf(before), uidsOf(await pods())];
    assert.equal(was.get('pg-0'), is.get('pg-0'));
    assert.notEqual(was.get('pg-1'), is.get('pg-1'));
  });

  test('a container is restarted within its pod', async () => {
    const { said } = await play(environment, 'restart', {
      targets: [{ ...replicas, mode: 'one' }],
      hypothesis: answers(),
      steps: [
        { name: 'again', restart: { container: 'postgres' } },
        { name: 'meanwhile', wait: { for: '3s' } },
      ],
      recoveryObjective: '120s',
    });
    assert.match(said, /^Passed: HypothesisHeld: /);
    const pod = await environment.json<{
      status: { containerStatuses: readonly { name: string; restartCount: number }[] };
    }>(['get', 'pod', 'pg-1']);
    assert.equal(pod.status.containerStatuses.find(({ name }) => name === 'postgres')?.restartCount, 1);
  });

  test('what would take a majority is refused, with the names and the numbers', async () => {
    const { said } = await play(environment, 'cut', {
      targets: [replicas],
      safety: { maxPods: '100%' },
      steps: [{ name: 'cut', fault: 'tcp partition for 10s' }],
    });
    assert.match(said, /^Aborted: Refused: .*taking pg-1, pg-2 leaves 1, and 2 are a majority/);
    assert.deepEqual(await faultsLeft(), []);
  });

  test('a dry run says what it would hit, and touches nothing', async () => {
    const { said, object } = await play(environment, 'dry', {
      ...{ targets: [primary], dryRun: true, steps: [{ fault: 'disk freeze on fsync for 5s' }] },
    });
    assert.match(said, /^Inconclusive: DryRun: .*primary: pg-0/);
    assert.deepEqual(object.status?.faults, []);
  });

  test('one that is stopped ends with its faults off, and one that is deleted is gone', async () => {
    const spec = {
      targets: [{ ...replicas, mode: 'one' }],
      steps: [{ fault: 'disk latency 5ms on read for 5m' }],
    };
    const untilArmed = (name: string) =>
      eventually(
        `${name} is armed`,
        async () => (await found(environment, name)).status?.faults?.[0]?.state === 'Armed',
        { boundMs: 60_000 },
      );
    await environment.succeed(['create', '-f', '-'], experimentOf('stopped', spec));
    await untilArmed('stopped');
    await environment.succeed([
      ...['patch', 'experiment', 'stopped', '--type=merge', '--patch={"spec":{"stop":{"reason":"lunch"}}}'],
    ]);
    assert.match((await played(environment, 'stopped')).said, /^Aborted: Asked: .*lunch/);
    assert.deepEqual(await faultsLeft(), []);

    await environment.succeed(['create', '-f', '-'], experimentOf('deleted', spec));
    await untilArmed('deleted');
    await environment.succeed(['delete', 'experiment', 'deleted', '--timeout=30s']);
    assert.deepEqual(await faultsLeft(), []);
  });

  test('the controller goes while a fault is on, and the next one ends the run', async () => {
    await environment.succeed(
      ['create', '-f', '-'],
      experimentOf('orphan', {
        targets: [primary],
        hypothesis: answers(),
        steps: [
          { name: 'slow', fault: 'disk latency 20ms on fsync for 20s' },
          { fault: 'disk latency 20ms on fsync for 5s' },
        ],
        assumptions: { minimumHits: 0 },
      }),
    );
    await eventually(
      'it is armed',
      async () => (await found(environment, 'orphan')).status?.faults?.[0]?.state === 'Armed',
      { boundMs: 90_000 },
    );
    await environment.cluster.succeed([
      ...['delete', 'pods', '--namespace=havock8s-system', '-l', 'app.kubernetes.io/component=controller'],
      ...['--grace-period=0', '--force'],
    ]);
    assert.match((await played(environment, 'orphan')).said, /^Passed: /);
    assert.deepEqual(await faultsLeft(), []);
  });
});
