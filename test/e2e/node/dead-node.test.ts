import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import type { ClusterNode } from '../../../dev/cluster/node.js';
import { isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { eventually } from '../eventually.js';
import { listedFaults } from '../listed-faults.js';
import { type Whereabouts, whereaboutsOf } from '../node-processes.js';
import { Scene } from '../scene.js';
import { untilRolledOut } from '../webhook/replicas.js';
import { movable, statefulSetPod } from './movable.js';
import { listedFrom, whatIsLeftOf } from './on-the-node.js';

const skip = needsCluster('own');
/** The controllers wait 16 s for a kubelet, and its pods tolerate 10 s more. */
const movedS = 120;
const boundMs = 120_000;

suite('the kubelet of a node dies', { skip }, () => {
  test('its pods move without the faults of the old ones; those end by themselves, and the node is clean when it is back', (t) =>
    Scene.play({ name: 'dead-node' }, async (scene) => {
      await scene.apply(movable);
      await scene.succeed(['rollout', 'status', 'statefulset/db', '--timeout=240s']);
      await scene.succeed(['rollout', 'status', 'deployment/cache', '--timeout=240s']);
      const [old, cache] = [await whereIs(scene, 'app=db'), await whereIs(scene, 'app=cache')];
      for (const { name } of [old, cache])
        await scene.succeed([
          'annotate',
          'pod',
          name,
          'fault.havock8s.io/own=disk latency 5ms on write for 40s',
        ]);
      await untilArmed(scene, old.name);
      await untilArmed(scene, cache.name);

      const node = scene.own.node(old.node);
      const beganMs = performance.now();
      const since = (): string => `${Math.round((performance.now() - beganMs) / 1000)} s`;
      await node.machine.end('kubelet');
      try {
        await isLeft(t, { scene, old, since });
        t.diagnostic(`evicted after ${since()}`);
        await hasMoved(scene, old);
        t.diagnostic(`the StatefulSet's pod runs elsewhere after ${since()}`);
        await cacheHasMoved(scene, cache);
        for (const gone of cache.node === old.node ? [old, cache] : [old]) await endsByItself(t, scene, gone);
      } finally {
        await backAgain(scene, node);
      }
      const backMs = performance.now();
      await eventually(
        'nothing of the old pod is left on the node',
        async () => {
          const left = whatIsLeftOf(scene.own, old);
          return left.length === 0 || left.join('; ');
        },
        { boundMs },
      );
      t.diagnostic(
        `nothing is left on the node ${Math.round((performance.now() - backMs) / 1000)} s after it was Ready`,
      );
      await untilRolledOut(scene.cluster);
      await scene.succeed(['wait', '--for=condition=Ready', `pod/${old.name}`, '--timeout=60s']);
    }));
});

async function whereIs(scene: Scene, label: string): Promise<Whereabouts> {
  const { items } = await scene.json<{ items: readonly StoredPod[] }>(['get', 'pods', `--selector=${label}`]);
  const pod = items.find(({ metadata }) => metadata.deletionTimestamp === undefined);
  assert.ok(pod !== undefined && isInjected(pod), label);
  return whereaboutsOf(pod);
}

const untilArmed = (scene: Scene, pod: string): Promise<string> =>
  scene.exec(pod, sidecar.faults, [
    ...['timeout', '30', 'sh', '-c'],
    `until havock8s ls | grep -q '^own .* armed'; do sleep 0.2; done`,
  ]);

interface Left {
  readonly scene: Scene;
  readonly old: Whereabouts;
  readonly since: () => string;
}

async function isLeft(t: TestContext, { scene, old, since }: Left): Promise<void> {
  const unknown = ['wait', `node/${old.node}`, '--for=condition=Ready=Unknown', `--timeout=60s`];
  await scene.cluster.succeed(unknown);
  t.diagnostic(`${old.node} is NotReady after ${since()}`);
  await scene.succeed([
    'wait',
    `pod/${old.name}`,
    '--for=jsonpath={.metadata.deletionTimestamp}',
    '--timeout=60s',
  ]);
}

/** A StatefulSet makes no second pod of a name while nobody can say that the first is over: a person does. */
async function hasMoved(scene: Scene, old: Whereabouts): Promise<void> {
  await scene.succeed(['delete', 'pod', old.name, '--force', '--grace-period=0']);
  await eventually(
    'there is another pod of that name',
    async () => {
      const { stdout } = await scene.run(['get', 'pod', old.name, '--output=jsonpath={.metadata.uid}']);
      return stdout !== '' && stdout !== old.uid;
    },
    { boundMs },
  );
  await scene.succeed(['wait', '--for=condition=Ready', `pod/${old.name}`, `--timeout=${movedS}s`]);
  const pod = await scene.json<StoredPod>(['get', 'pod', old.name]);
  assert.ok(isInjected(pod));
  assert.notEqual(pod.spec.nodeName, old.node);
  const { [annotation.status]: _, ...annotations } = pod.metadata.annotations ?? {};
  assert.deepEqual(annotations, statefulSetPod.annotations, 'what was annotated is gone with the pod');
  const faults = await listedFaults(scene, old.name);
  assert.deepEqual(
    faults.map(({ name, state }) => `${name} ${state}`),
    ['slow armed'],
  );
}

/** A ReplicaSet does not wait. */
async function cacheHasMoved(scene: Scene, cache: Whereabouts): Promise<void> {
  await scene.succeed(['rollout', 'status', 'deployment/cache', `--timeout=${movedS}s`]);
  const now = await whereIs(scene, 'app=cache');
  const faults = await listedFaults(scene, now.name);
  assert.equal(faults.length, now.uid === cache.uid ? 1 : 0);
}

/** Nobody in the cluster can reach it: it is looked at from its node. */
async function endsByItself(t: TestContext, { own }: Scene, old: Whereabouts): Promise<void> {
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

async function backAgain({ cluster }: Scene, node: ClusterNode): Promise<void> {
  node.beginKubelet();
  await cluster.succeed(['wait', `node/${node.plan.name}`, '--for=condition=Ready', '--timeout=60s']);
}
