import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import type { ClusterNode } from '../../../dev/cluster/node.js';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { listedFaults } from '../listed-faults.js';
import { type Whereabouts, whereaboutsOf } from '../node-processes.js';
import { untilRolledOut } from '../webhook/replicas.js';
import { movable, statefulSetPod } from './movable.js';
import { listedFrom, whatIsLeftOf } from './on-the-node.js';

const skip = needsCluster('own');
/** The controllers wait 16 s for a kubelet, and its pods tolerate 10 s more. */
const movedS = 120;
const boundMs = 120_000;

suite('the kubelet of a node dies', { skip }, () => {
  test('its pods move without the faults of the old ones; those end by themselves, and the node is clean when it is back', (t) =>
    Environment.play({ name: 'dead-node' }, async (environment) => {
      await environment.apply(movable);
      await environment.succeed(['rollout', 'status', 'statefulset/db', '--timeout=240s']);
      await environment.succeed(['rollout', 'status', 'deployment/cache', '--timeout=240s']);
      const [old, cache] = [await whereIs(environment, 'app=db'), await whereIs(environment, 'app=cache')];
      for (const { name } of [old, cache])
        await environment.succeed([
          'annotate',
          'pod',
          name,
          'fault.havock8s.io/own=disk latency 5ms on write for 40s',
        ]);
      await untilArmed(environment, old.name);
      await untilArmed(environment, cache.name);

      const node = environment.own.node(old.node);
      const beganMs = performance.now();
      const since = (): string => `${Math.round((performance.now() - beganMs) / 1000)} s`;
      await node.machine.end('kubelet');
      try {
        await isLeft(t, { environment, old, since });
        t.diagnostic(`evicted after ${since()}`);
        await hasMoved(environment, old);
        t.diagnostic(`the StatefulSet's pod runs elsewhere after ${since()}`);
        await cacheHasMoved(environment, cache);
        for (const gone of cache.node === old.node ? [old, cache] : [old])
          await endsByItself(t, environment, gone);
      } finally {
        await backAgain(environment, node);
      }
      const backMs = performance.now();
      await eventually(
        'nothing of the old pod is left on the node',
        async () => {
          const left = whatIsLeftOf(environment.own, old);
          return left.length === 0 || left.join('; ');
        },
        { boundMs },
      );
      t.diagnostic(
        `nothing is left on the node ${Math.round((performance.now() - backMs) / 1000)} s after it was Ready`,
      );
      await untilRolledOut(environment.cluster);
      await environment.succeed(['wait', '--for=condition=Ready', `pod/${old.name}`, '--timeout=60s']);
    }));
});

async function whereIs(environment: Environment, label: string): Promise<Whereabouts> {
  const { items } = await environment.json<{ items: readonly StoredPod[] }>([
    'get',
    'pods',
    `--selector=${label}`,
  ]);
  const pod = items.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  assert.ok(pod !== undefined && isInjected(pod), label);
  return whereaboutsOf(pod);
}

const untilArmed = (environment: Environment, pod: string): Promise<string> =>
  environment.exec(pod, sidecar.faults, [
    ...['timeout', '30', 'sh', '-c'],
    `until havock8s ls | grep -q '^own .* armed'; do sleep 0.2; done`,
  ]);

interface Left {
  readonly environment: Environment;
  readonly old: Whereabouts;
  readonly since: () => string;
}

async function isLeft(t: TestContext, { environment, old, since }: Left): Promise<void> {
  const unknown = ['wait', `node/${old.node}`, '--for=condition=Ready=Unknown', `--timeout=60s`];
  await environment.cluster.succeed(unknown);
  t.diagnostic(`${old.node} is NotReady after ${since()}`);
  await environment.succeed([
    'wait',
    `pod/${old.name}`,
    '--for=jsonpath={.metadata.deletionTimestamp}',
    '--timeout=60s',
  ]);
}

/** A StatefulSet makes no second pod of a name while nobody can say that the first is over: a person does. */
async function hasMoved(environment: Environment, old: Whereabouts): Promise<void> {
  await environment.succeed(['delete', 'pod', old.name, '--force', '--grace-period=0']);
  await eventually(
    'there is another pod of that name',
    async () => {
      const { stdout } = await environment.run(['get', 'pod', old.name, '--output=jsonpath={.metadata.uid}']);
      return stdout !== '' && stdout !== old.uid;
    },
    { boundMs },
  );
  await environment.succeed(['wait', '--for=condition=Ready', `pod/${old.name}`, `--timeout=${movedS}s`]);
  const pod = await environment.json<StoredPod>(['get', 'pod', old.name]);
  assert.ok(isInjected(pod));
  assert.notEqual(pod.spec.nodeName, old.node);
  const { [annotation.status]: _, ...annotations } = pod.metadata.annotations ?? {};
  assert.deepEqual(annotations, statefulSetPod.annotations, 'what was annotated is gone with the pod');
  const faults = await listedFaults(environment, old.name);
  assert.deepEqual(
    faults.map(({ name, state }) => `${name} ${state}`),
    ['slow armed'],
  );
}

/** A ReplicaSet does not wait. */
async function cacheHasMoved(environment: Environment, cache: Whereabouts): Promise<void> {
  await environment.succeed(['rollout', 'status', 'deployment/cache', `--timeout=${movedS}s`]);
  const now = await whereIs(environment, 'app=cache');
  const faults = await listedFaults(environment, now.name);
  assert.equal(faults.length, now.uid === cache.uid ? 1 : 0);
}

/** Nobody in the cluster can reach it: it is looked at from its node. */
async function endsByItself(t: TestContext, { own }: Environment, old: Whereabouts): Promise<void> {
  await eventually(
    `the fault on the pod of the dead node is over`,
    async () => {
      const state = listedFrom(own, old).find(({ name }) => name === 'own')?.state;
      return state === 'expired' || String(state);
    },
    { boundMs },
  );
  const fault = listedFrom(own, old).find(({ name }) => name === 'own');
  assert.ok(fault);
  const tookS = (Date.parse(fault.endsAt) - Date.parse(fault.startedAt)) / 1000;
  t.diagnostic(`on the dead node the fault of ${old.name} ended ${tookS} s after it was armed`);
  assert.equal(tookS, 40);
}

async function backAgain({ cluster }: Environment, node: ClusterNode): Promise<void> {
  node.beginKubelet();
  await cluster.succeed(['wait', `node/${node.plan.name}`, '--for=condition=Ready', '--timeout=60s']);
}
