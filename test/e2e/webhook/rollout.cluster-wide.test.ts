import assert from 'node:assert/strict';
import { before, suite, type TestContext, test } from 'node:test';
import type { V1Deployment } from '@kubernetes/client-node';
import { lifetimes } from '../../../certs/limits.js';
import { readPair } from '../../../certs/read-pair.js';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { readEntries, readTrusted, secret } from '../api-server/webhook-certificates.js';
import { clusterAtHand, needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { install } from '../installation.js';
import { askingPod, askUntilInjected } from './asking-pod.js';
import { forge, leafUnder, store, trust, write } from './forged-secret.js';
import { replicasOf, restart, scaleToNone, scaleUp, untilRolledOut } from './replicas.js';
import { type Steady, steadyPods } from './steady-pods.js';
import { auditedWithout } from './told.js';

const skip = needsCluster('own');
const dayMs = 86_400_000;
/** A new authority is trusted for half a minute before anybody serves under it; then each replica is asked. */
const rotationMs = 240_000;
const workload = 'app';

suite('rollouts and rotations, with pods created all the while', { skip }, () => {
  before(() => install(clusterAtHand().kubectl));

  test('the webhook itself is rolled out, and every pod is injected', (t) =>
    Environment.play({ name: 'rollout' }, async (environment) => {
      await askUntilInjected(environment, 'well-before', rotationMs);
      const old = new Set((await replicasOf(environment.cluster)).map(({ uid }) => uid));
      const steady = await steadyPods(environment, async () => {
        await restart(environment.cluster);
        await untilRolledOut(environment.cluster);
        await untilGone(environment, old);
      });
      everyOneIsInjected(t, environment, steady);
    }));

  test('a node is drained of a replica, and every pod is injected', (t) =>
    Environment.play({ name: 'drain' }, async (environment) => {
      await askUntilInjected(environment, 'well-before', rotationMs);
      const [drained] = await replicasOf(environment.cluster);
      assert.ok(drained);
      const steady = await steadyPods(environment, async () => {
        const only = [
          '--pod-selector=app.kubernetes.io/component=webhook',
          '--ignore-daemonsets',
          '--timeout=240s',
        ];
        try {
          await environment.cluster.succeed(['drain', drained.node, ...only]);
          await untilRolledOut(environment.cluster);
        } finally {
          await environment.cluster.succeed(['uncordon', drained.node]);
        }
      });
      everyOneIsInjected(t, environment, steady);
    }));

  test('a certificate that is due and a Secret that is deleted, under a rollout of webhook and workload: all are injected', (t) =>
    Environment.play({ name: 'leaf' }, async (environment) => {
      const { cluster } = environment;
      await environment.apply([deployment()]);
      await untilWorkloadIsThere(environment);
      await askUntilInjected(environment, 'well-before', rotationMs);
      const steady = await steadyPods(environment, async () => {
        await environment.succeed(['rollout', 'restart', `deployment/${workload}`]);
        await makeLeafDue(environment);
        await restart(cluster);
        await cluster.succeed(['delete', ...secret]);
        await untilWorkloadIsThere(environment);
        await untilRolledOut(cluster);
      });
      everyOneIsInjected(t, environment, steady);
      await everyPodOfTheWorkloadIsInjected(environment);
    }));

  test('an authority that has grown old is replaced, under a rollout of webhook and workload: all are injected', (t) =>
    Environment.play({ name: 'authority' }, async (environment) => {
      const { cluster } = environment;
      await scaleToNone(cluster);
      const aged = await forge({
        authority: { madeMs: Date.now() - 300 * dayMs, lifeMs: lifetimes.authorityMs },
        leaf: { madeMs: Date.now(), lifeMs: lifetimes.leafMs },
      });
      await store(cluster, aged);
      await trust(cluster, aged['ca.crt']);
      await scaleUp(cluster);
      await askUntilInjected(environment, 'well-before', rotationMs);
      await environment.apply([deployment()]);
      const beganMs = performance.now();
      const steady = await steadyPods(environment, async () => {
        await environment.succeed(['rollout', 'restart', `deployment/${workload}`]);
        await restart(cluster);
        await eventually('the old authority is gone', () => isRetired(environment, aged['ca.crt']), {
          boundMs: rotationMs,
        });
        t.diagnostic(`rotated in ${Math.round((performance.now() - beganMs) / 1000)} s`);
        await untilWorkloadIsThere(environment);
        await untilRolledOut(cluster);
      });
      everyOneIsInjected(t, environment, steady);
      await everyPodOfTheWorkloadIsInjected(environment);
    }));
});

const deployment = (): V1Deployment => {
  const { metadata = {}, spec } = askingPod('');
  const labels = { app: workload };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: workload },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations: metadata.annotations ?? {} }, ...(spec && { spec }) },
    },
  };
};

async function untilWorkloadIsThere(environment: Environment): Promise<void> {
  await environment.succeed(['rollout', 'status', `deployment/${workload}`, '--timeout=240s']);
}

async function untilGone({ cluster }: Environment, uids: ReadonlySet<string>): Promise<void> {
  await eventually(
    'the old replicas are gone',
    async () => (await replicasOf(cluster)).every(({ uid }) => !uids.has(uid)),
    { boundMs: rotationMs },
  );
}

/** Under the authority that is trusted: 25 of its 30 days are over. */
async function makeLeafDue({ cluster }: Environment): Promise<void> {
  const { 'ca.crt': pem, 'ca.key': key } = await readEntries(cluster);
  const authority = readPair(pem, key, Date.now());
  assert.ok(typeof authority !== 'string', String(authority));
  const due = await leafUnder(authority, { madeMs: Date.now() - 25 * dayMs, lifeMs: lifetimes.leafMs });
  await write(cluster, { 'tls.crt': due.certificatePem, 'tls.key': due.keyPem });
  await eventually(
    'the certificate is renewed',
    async () => (await readEntries(cluster))['tls.crt'] !== due.certificatePem,
    { boundMs: rotationMs },
  );
}

async function isRetired({ cluster }: Environment, old: string): Promise<boolean | string> {
  const [entries, trusted] = [await readEntries(cluster), await readTrusted(cluster)];
  const isOver = entries['ca.crt'] !== old && !('old-ca.crt' in entries);
  return (isOver && trusted.every((pem) => pem === entries['ca.crt'])) || Object.keys(entries).join();
}

function everyOneIsInjected(t: TestContext, environment: Environment, { asked, refused }: Steady): void {
  const times = asked.map(({ tookMs }) => tookMs).toSorted((one, other) => one - other);
  const [median, most] = [times[Math.floor(times.length / 2)], times.at(-1)];
  const bare = asked.filter(({ injected }) => !injected).map(({ name }) => name);
  t.diagnostic(
    `${asked.length} pods, ${bare.length} not injected, ${refused.length} refused; median ${median} ms, most ${most} ms`,
  );
  assert.deepEqual(
    { refused, bare, audited: auditedWithout(environment).filter((name) => !name.startsWith('well-')) },
    { refused: [], bare: [], audited: [] },
  );
}

async function everyPodOfTheWorkloadIsInjected(environment: Environment): Promise<void> {
  const selector = `--selector=app=${workload}`;
  const { items } = await environment.json<{ items: readonly StoredPod[] }>(['get', 'pods', selector]);
  assert.ok(items.length >= 3);
  for (const pod of items) assert.ok(isInjected(pod), pod.metadata.name);
}
