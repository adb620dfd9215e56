import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { median, tellDistribution } from '../distribution.js';
import { Environment } from '../environment.js';
import { listedFaults } from '../listed-faults.js';
import { clientContainer, clientPod } from './client-pod.js';
import { asksForSidecar, dataFolder, postgresSet } from './postgres-set.js';
import { psql } from './psql.js';
import { caughtUp, followers } from './replication.js';

const replicas = 3;
const sets = ['plain', 'pg'] as const;
const readyS = 240;
const rounds = 5;
const roundS = 2;

describe('three PostgreSQL, and their pairs without a sidecar', { skip: needsCluster() }, () => {
  let environment: Environment;

  before(async () => {
    environment = await Environment.open({ name: 'postgres', volumesPerNode: 2 });
    const { storageClass } = environment;
    await environment.apply([
      ...postgresSet({ name: 'plain', replicas, storageClass }),
      ...postgresSet({ name: 'pg', replicas, storageClass, annotations: asksForSidecar }),
    ]);
    for (const set of sets)
      await environment.succeed(['rollout', 'status', `statefulset/${set}`, `--timeout=${readyS}s`]);
    await environment.apply(sets.map((set) => clientPod({ name: clientOf(set), beside: `${set}-0` })));
    const clients = sets.map((set) => `pod/${clientOf(set)}`);
    await environment.succeed(['wait', '--for=condition=Ready', ...clients, `--timeout=${readyS}s`]);
  });

  after(() => environment?.close());

  test('each is injected, the pair is not, and each is on a node of its own', async () => {
    for (const set of sets) {
      const pods = await podsOf(environment, set);
      assert.deepEqual(
        pods.map(isInjected),
        pods.map(() => set === 'pg'),
      );
      assert.equal(new Set(pods.map(({ spec }) => spec.nodeName)).size, replicas);
    }
    const mounts = await environment.exec('pg-0', 'postgres', ['cat', '/proc/mounts']);
    assert.match(mounts, new RegExp(` ${dataFolder} fuse\\.havock8s `));
    assert.equal(await ownerOf(environment, 'pg-0'), await ownerOf(environment, 'plain-0'));
  });

  test('both replicas stream, and have each row of the primary', async (t) => {
    for (const set of sets) {
      const primary = `${set}-0`;
      const written = await psql(environment, primary, `${createSql}; ${digestSql}`);
      for (const replica of [`${set}-1`, `${set}-2`]) {
        await caughtUp(environment, primary, replica);
        assert.equal(await psql(environment, replica, digestSql), written);
      }
      const seen = await followers(environment, primary);
      assert.deepEqual(
        seen.map(({ name, state }) => `${name} ${state}`),
        [`${set}-1 streaming`, `${set}-2 streaming`],
      );
      for (const { name, behindMs } of seen)
        t.diagnostic(`${name}: replayed ${behindMs?.toFixed(1) ?? 'no'} ms after the commit`);
    }
  });

  test('from its creation a pod takes longer to be Ready, by the start of two sidecars', async (t) => {
    for (const set of sets)
      for (const pod of await podsOf(environment, set)) {
        const { startedS, readyS: tookS } = startOf(pod);
        assert.ok(startedS >= 0 && tookS >= startedS, 'it was Ready before it was started');
        t.diagnostic(
          `${pod.metadata.name}: its database started ${startedS} s after its creation, Ready after ${tookS} s`,
        );
      }
  });

  for (const way of ['by the socket in the pod', 'over the network, from a pod beside it'] as const)
    test(`pgbench ${way}: injected and pair by turns, as a ratio`, async (t) => {
      const rates = { plain: [] as number[], pg: [] as number[] };
      const behindMs = { plain: [] as number[], pg: [] as number[] };
      for (const set of sets) await environment.exec(`${set}-0`, 'postgres', initialise);
      for (let round = 0; round < rounds; round++)
        for (const set of round % 2 === 0 ? sets : [...sets].reverse()) {
          rates[set].push(await pgbench(environment, set, way.startsWith('over')));
          for (const follower of await followers(environment, `${set}-0`))
            if (follower.behindMs !== null) behindMs[set].push(follower.behindMs);
        }
      const ratios = rates.pg.map((rate, round) => rate / (rates.plain[round] ?? Number.NaN));
      assert.ok(ratios.every((ratio) => ratio > 0));
      for (const set of sets) {
        t.diagnostic(`${set}: ${tellDistribution(rates[set])} transactions a second`);
        t.diagnostic(`${set}: replicas replayed after ${tellDistribution(behindMs[set], 1)} ms`);
      }
      t.diagnostic(
        `injected / plain: ${tellDistribution(ratios, 2)} rounds of ${roundS} s, four clients; medians ${(median(rates.pg) / median(rates.plain)).toFixed(2)}`,
      );
    });

  test('after it both replicas have all of it', async () => {
    for (const set of sets)
      for (const replica of [`${set}-1`, `${set}-2`]) {
        await caughtUp(environment, `${set}-0`, replica);
        assert.equal(
          await psql(environment, replica, balanceSql),
          await psql(environment, `${set}-0`, balanceSql),
          `${replica} differs from its primary`,
        );
      }
  });

  test('with no fault armed nothing was injected, and no container started twice', async () => {
    assert.deepEqual(await listedFaults(environment, 'pg-0'), []);
    for (const { metadata, status } of await podsOf(environment, 'pg'))
      for (const { name, restartCount } of [
        ...(status?.initContainerStatuses ?? []),
        ...(status?.containerStatuses ?? []),
      ])
        assert.equal(restartCount, 0, `${name} of ${metadata.name} started again`);
  });
});

const clientOf = (set: string): string => `client-of-${set}`;

const createSql = 'CREATE TABLE seen AS SELECT id, md5(id::text) AS word FROM generate_series(1, 1000) AS id';
const digestSql = "SELECT count(*), md5(string_agg(word, '' ORDER BY id)) FROM seen";
const balanceSql =
  'SELECT count(*), sum(delta), (SELECT sum(abalance) FROM pgbench_accounts) FROM pgbench_history';

const initialise = ['pgbench', '--initialize', '--scale=5', '--quiet', 'postgres'];

async function podsOf(environment: Environment, set: string): Promise<readonly StoredPod[]> {
  const { items } = await environment.json<{ items: StoredPod[] }>(['get', 'pods', `--selector=app=${set}`]);
  return items;
}

/** Whose the data is, and who may look at it: PostgreSQL starts with no other. */
const ownerOf = (environment: Environment, pod: string): Promise<string> =>
  environment.exec(pod, 'postgres', ['stat', '--format=%u %g %a', `${dataFolder}/pgdata`]);

/** Kubernetes tells whole seconds. */
function startOf({ metadata, status }: StoredPod): { readonly startedS: number; readonly readyS: number } {
  const sinceS = (time: string | Date | undefined): number =>
    (Number(new Date(time ?? Number.NaN)) - Number(new Date(metadata.creationTimestamp ?? 0))) / 1000;
  const [postgres] = status?.containerStatuses ?? [];
  return {
    startedS: sinceS(postgres?.state?.running?.startedAt),
    readyS: sinceS(status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime),
  };
}

/**
 * Transactions a second. What a pod says to its own addresses is not intercepted: both halves of the sidecar are in the
 * way from another.
 */
async function pgbench(environment: Environment, set: string, overNetwork: boolean): Promise<number> {
  const command = ['pgbench', '--client=4', `--time=${roundS}`, '--no-vacuum', 'postgres'];
  const said = overNetwork
    ? await environment.exec(clientOf(set), clientContainer, [...command, `--host=${set}-0.${set}`])
    : await environment.exec(`${set}-0`, 'postgres', command);
  return Number(/tps = ([\d.]+) /.exec(said)?.[1]);
}
