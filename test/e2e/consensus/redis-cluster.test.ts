import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { type NodeRole, nodeTimeoutMs, patience, RedisCluster } from './redis-cluster.js';

test('Redis Cluster does as its manual says when a master is cut off', { skip: needsCluster('own') }, (t) =>
  Environment.play({ name: 'redis-cluster', volumesPerNode: 2 }, async (environment) => {
    const cluster = await RedisCluster.start(environment);
    await t.test('a cut shorter than the node timeout, which its deadline ends, loses nothing', (t) =>
      cutBriefly(t, cluster),
    );
    await t.test(
      'a longer one promotes the replica; the minority refuses writes after the node timeout; healed, all agree',
      (t) => cutForLong(t, cluster),
    );
  }),
);

const briefMs = 2000;

/** "If the partition is fixed before that time, no writes are lost." */
async function cutBriefly(t: TestContext, cluster: RedisCluster): Promise<void> {
  const master = await aMaster(cluster);
  const tag = await cluster.tagOf(master.pod);
  const faults = cluster.faultsOf(master.pod);
  await faults.arm('brief', `tcp partition with ${cluster.othersOf(master.pod).join(',')} for ${briefMs}ms`);
  const acknowledged = await writeBeside(cluster, { pod: master.pod, prefix: `{${tag}}:brief`, most: 40 });
  await eventually(
    'the deadline has passed',
    async () => (await faults.get('brief')).state === 'expired',
    patience,
  );
  await cluster.untilWell();
  const { tallies } = await faults.lift('brief');
  const lost = await cluster.missing(master.pod, acknowledged.keys);
  t.diagnostic(
    `${acknowledged.keys.length} writes acknowledged in ${briefMs} ms, ${lost.length} lost; ${tallies.injected} packets dropped`,
  );
  assert.ok(tallies.injected > 0);
  assert.ok((await cluster.roleOf(master.pod)).isMaster, 'nobody was promoted');
  assert.deepEqual(lost, []);
}

/**
 * "When the partition lasts for more than NODE_TIMEOUT, all the writes performed in the minority side up to that point
 * may be lost. However the minority side of a Redis Cluster will start refusing writes as soon as NODE_TIMEOUT time has
 * elapsed without contact with the majority."
 */
async function cutForLong(t: TestContext, cluster: RedisCluster): Promise<void> {
  const master = await aMaster(cluster);
  const replica = (await cluster.roles()).find(({ masterId }) => masterId === master.id);
  assert.ok(replica);
  const tag = await cluster.tagOf(master.pod);
  const before = await cluster.write(replica.pod, 'before', 300);
  assert.equal(before.length, 300);
  await cluster.untilWell();

  const faults = cluster.faultsOf(master.pod);
  await faults.arm('cut', `tcp partition with ${cluster.othersOf(master.pod).join(',')} for 9m`);
  const armedMs = performance.now();
  const window = await writeBeside(cluster, { pod: master.pod, prefix: `{${tag}}:window`, most: 3000 });
  assert.match(window.refusal, /CLUSTERDOWN/);
  t.diagnostic(
    `node timeout ${nodeTimeoutMs} ms; the minority acknowledged ${window.keys.length} writes in ${window.tookMs} ms, then: ${window.refusal}`,
  );
  assert.equal(await cluster.stateOf(master.pod), 'fail');

  await eventually(
    'the replica is promoted',
    async () => (await cluster.roleOf(replica.pod)).isMaster,
    patience,
  );
  t.diagnostic(`${replica.pod} promoted within ${Math.round(performance.now() - armedMs)} ms of the cut`);
  const during = await cluster.write(replica.pod, `{${tag}}:during`, 100);
  assert.equal(during.length, 100, 'the majority goes on, with this slot too');
  const refused = await writeBeside(cluster, { pod: master.pod, prefix: `{${tag}}:refused`, most: 3000 });
  assert.deepEqual(refused.keys, [], 'the minority takes nothing any more');

  const { tallies } = await faults.lift('cut');
  const liftedMs = performance.now();
  await eventually(
    'who was master follows',
    async () => {
      const { isMaster, masterId } = await cluster.roleOf(master.pod);
      return !isMaster && masterId === replica.id;
    },
    patience,
  );
  await cluster.untilWell();
  t.diagnostic(
    `${tallies.injected} packets dropped; all agree ${Math.round(performance.now() - liftedMs)} ms after`,
  );

  const lost = await cluster.missing(replica.pod, window.keys);
  t.diagnostic(`of ${window.keys.length} writes that the minority acknowledged ${lost.length} are lost`);
  assert.deepEqual(
    await cluster.missing(master.pod, [...before, ...during]),
    [],
    'what the majority has it keeps',
  );
  assert.ok(lost.length > 0, 'the cut let nothing through: what was written behind it cannot be here');
}

async function aMaster(cluster: RedisCluster): Promise<NodeRole> {
  const master = (await cluster.roles()).find(({ isMaster }) => isMaster);
  assert.ok(master);
  return master;
}

interface WriteBeside {
  readonly pod: string;
  readonly prefix: string;
  /** What ends it, where nobody refuses. */
  readonly most: number;
}

interface Written {
  readonly keys: readonly string[];
  readonly tookMs: number;
  /** What the last one was answered. */
  readonly refusal: string;
}

/** One write after the other on the pod's loopback, which no fault is about. */
async function writeBeside(cluster: RedisCluster, { pod, prefix, most }: WriteBeside): Promise<Written> {
  const output = (await cluster.shell(pod, writeUntilRefused, prefix, String(most))).trim().split('\n');
  const [tookMs = '', refusal = ''] = output.splice(-2);
  return { keys: output.filter(Boolean), tookMs: Number(tookMs), refusal };
}

const writeUntilRefused = `
from=$(date +%s%N)
said=
for n in $(seq "$2"); do
  said=$(redis-cli set "$1:$n" "$1:$n")
  [ "$said" = OK ] || break
  echo "$1:$n"
  sleep 0.04
done
echo "$((($(date +%s%N) - from) / 1000000))"
echo "$said"
`;
