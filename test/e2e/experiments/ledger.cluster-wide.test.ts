/**
 * A ledger beside a Redis, installed by kustomize: the controller is killed in the middle of a run, and the next one reads
 * it back. What a Redis loses, and a ledger that is gone: test/experiment/worlds/kubernetes/ledger-pod.test.ts.
 */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { annotation } from '../../../core/keys.js';
import { databaseOf, withLedgerOverlay } from '../../manifests/ledger-overlay.js';
import { needsCluster } from '../cluster-at-hand.js';
import { memberSet } from '../consensus/member-set.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { system } from '../installation.js';
import { experimentOf, found, play, played } from './play-experiment.js';

const name = 'db';
const keeps = ['--appendonly', 'yes', '--appendfsync', 'always'];
const target = { name, workload: { kind: 'StatefulSet', name } };
const restart = { name: 'again', restart: { container: name } };
const ledgerPod = 'havock8s-ledger-0';
const database = databaseOf(
  { name: 'LEDGER_DATABASE', value: 'redis' },
  { name: 'LEDGER_URL', value: `redis://${name}:6379` },
  { name: 'HAVOCK8S_LEDGER_PASSWORD', $patch: 'delete' },
);

/** What the ledger remembers on. */
const claim = ({ storageClass }: Environment): object => ({
  target: { kind: 'StatefulSet' },
  patch: JSON.stringify(
    storageClass === undefined
      ? []
      : [{ op: 'add', path: '/spec/volumeClaimTemplates/0/spec/storageClassName', value: storageClass }],
  ),
});

const hypothesis = (environment: Environment) => ({
  probes: [
    {
      ...{ name: 'answers', redis: { url: `redis://${name}.${environment.namespace}.svc:6379` } },
      ...{ interval: '500ms', timeout: '5s', tolerance: { during: { failures: 1000 } } },
    },
    { name: 'writes', ledger: {}, interval: '500ms', tolerance: { during: { failures: 1000 } } },
  ],
  settle: '90s',
});

const specOf = (environment: Environment, steps: readonly object[]): object => ({
  ...{ targets: [target], hypothesis: hypothesis(environment), steps },
  ledger: { statefulSet: { name: 'havock8s-ledger' } },
  ...{ assumptions: { minimumHits: 0 }, recoveryObjective: '120s' },
});

const isArmed = async (environment: Environment, run: string): Promise<boolean> =>
  (await found(environment, run)).status?.faults?.[0]?.state === 'Armed';

suite('a ledger beside a Redis that keeps what it acknowledges', { skip: needsCluster() }, () => {
  let environment: Environment;
  before(async () => {
    environment = await Environment.open({ name: 'ledger', volumesPerNode: 2 });
    const { namespace } = environment;
    await environment.apply(
      memberSet({
        ...{ name, namespace, members: 1, ports: { redis: 6379 } },
        command: ['redis-server', '--dir', '/data', '--protected-mode', 'no', '--save', '', ...keeps],
        readinessProbe: { tcpSocket: { port: 6379 }, periodSeconds: 1 },
      }),
    );
    await withLedgerOverlay({ namespace, patches: [database, claim(environment)] }, (folder) =>
      environment.cluster.succeed(['apply', `--kustomize=${folder}`]),
    );
    for (const set of [name, 'havock8s-ledger'])
      await environment.succeed(['rollout', 'status', `statefulset/${set}`, '--timeout=300s']);
  });
  after(() => environment?.close());

  test('the controller is killed in the middle of a run, and the next one finds the data intact', async () => {
    const steps = [
      { name: 'slow', fault: 'disk latency 20ms on fsync for 30s' },
      restart,
      { name: 'meanwhile', wait: { for: '5s' } },
    ];
    await environment.succeed(['create', '-f', '-'], experimentOf('orphan', specOf(environment, steps)));
    await eventually('it is armed', () => isArmed(environment, 'orphan'), { boundMs: 120_000 });
    await environment.cluster.succeed([
      ...['delete', 'pods', `--namespace=${system}`, '-l', 'app.kubernetes.io/component=controller'],
      ...['--grace-period=0', '--force'],
    ]);
    const { said, object } = await played(environment, 'orphan');
    assert.match(said, /^Passed: /);
    assert.equal(object.status?.data, 'Intact');
    await eventually(
      'the ledger is let go',
      async () => {
        const { metadata } = await environment.json<{
          metadata: { annotations?: Readonly<Record<string, string>> };
        }>(['get', 'pod', ledgerPod]);
        return metadata.annotations?.[annotation.ledgerRun] === undefined;
      },
      { boundMs: 30_000 },
    );
    assert.equal(
      (await environment.exec('db-0', name, ['redis-cli', 'dbsize'])).trim(),
      '0',
      'what it made in the database is gone',
    );
  });

  test('a run that would hit the pod that keeps the ledger is refused', async () => {
    const { said } = await play(environment, 'bold', {
      targets: [{ name: 'ledger', workload: { kind: 'StatefulSet', name: 'havock8s-ledger' } }],
      steps: [{ name: 'lost', delete: {} }],
    });
    assert.match(said, /^Aborted: Refused: .*havock8s-ledger-0 keeps ledgers/);
  });
});
