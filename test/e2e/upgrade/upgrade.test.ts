import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sidecar } from '../../../core/pod-layout.js';
import { injectionOf, isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { install, system, webhook } from '../installation.js';
import { Scene } from '../scene.js';
import { restart, untilReplaced, untilRolledOut } from '../webhook/replicas.js';
import { Ledger } from './ledger.js';
import { forgetImage, nameAnew, nextImage, presentImage } from './next-image.js';
import { databasesOf, names } from './three-databases.js';

const skip = needsCluster('own');

suite('a new image of the sidecar', { skip }, () => {
  test('comes by a rollout, pod by pod; nothing acknowledged is lost, and old sidecars work until then', (t) =>
    Scene.play({ name: 'upgrade', volumesPerNode: 2 }, async (scene) => {
      nameAnew(scene.own);
      try {
        await scene.apply(databasesOf(scene.namespace));
        await scene.succeed(['rollout', 'status', 'statefulset/db', '--timeout=280s']);
        await scene.succeed(['wait', '--for=condition=Ready', 'pod/writer', '--timeout=60s']);
        assert.deepEqual(
          await imagesOf(scene),
          names.map(() => presentImage),
        );
        const ledger = await Ledger.open(scene);

        await configure(scene, nextImage);
        assert.deepEqual(
          await imagesOf(scene),
          names.map(() => presentImage),
          'pods that run stay as they are',
        );
        await armsAndHits(scene, 'db-0');

        await restartFrom(scene, 2);
        assert.deepEqual(await imagesOf(scene), [presentImage, presentImage, nextImage]);
        for (const name of ['db-0', 'db-2']) await armsAndHits(scene, name);

        await restartFrom(scene, 0);
        assert.deepEqual(
          await imagesOf(scene),
          names.map(() => nextImage),
        );
        for (const name of names) await armsAndHits(scene, name);
        const { acknowledged, missing } = await ledger.close();
        t.diagnostic(`${acknowledged.join(' + ')} writes acknowledged meanwhile, ${missing} missing`);
        for (const count of acknowledged) assert.ok(count > 20, `${acknowledged}`);
        assert.equal(missing, 0);
      } finally {
        await install(scene.cluster);
        await restart(scene.cluster);
        await untilRolledOut(scene.cluster);
        forgetImage(scene.own);
      }
    }));
});

/** Of the sidecars, as each pod's status says and as its containers have it. */
async function imagesOf(scene: Scene): Promise<readonly string[]> {
  const { items } = await scene.json<{ items: readonly StoredPod[] }>(['get', 'pods', '--selector=app=db']);
  return items
    .toSorted((one, other) => String(one.metadata.name).localeCompare(String(other.metadata.name)))
    .map((pod) => {
      assert.ok(isInjected(pod));
      const images = (pod.spec.initContainers ?? []).map(({ image = '' }) => image);
      const said = injectionOf(pod)?.image ?? '';
      assert.deepEqual(images, [said, said]);
      return said;
    });
}

/** As docs/operate/kubernetes.md has an operator do it. */
async function configure(scene: Scene, image: string): Promise<void> {
  const map = ['configmap', webhook, `--namespace=${system}`];
  const { data } = await scene.cluster.json<{ data: Record<string, string> }>(['get', ...map]);
  const text = (data['injection.yaml'] ?? '').replace(/^image: .*$/m, `image: ${image}`);
  const patch = JSON.stringify({ data: { 'injection.yaml': text } });
  await scene.cluster.succeed(['patch', ...map, '--type=merge', `--patch=${patch}`]);
  await restart(scene.cluster);
  await untilReplaced(scene.cluster);
}

/** Pods of this number and above. */
async function restartFrom(scene: Scene, partition: number): Promise<void> {
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition } };
  const patch = JSON.stringify({ spec: { updateStrategy } });
  await scene.succeed(['patch', 'statefulset', 'db', '--type=merge', `--patch=${patch}`]);
  if (partition > 0) await scene.succeed(['rollout', 'restart', 'statefulset/db']);
  await scene.succeed(['rollout', 'status', 'statefulset/db', '--timeout=240s']);
}

async function armsAndHits(scene: Scene, pod: string): Promise<void> {
  const inPod = (container: string, script: string): Promise<string> =>
    scene.exec(pod, container, ['timeout', '40', 'sh', '-ec', script]);
  await scene.succeed(['annotate', 'pod', pod, 'fault.havock8s.io/slow=disk latency 3ms on write for 2m']);
  await inPod(sidecar.faults, `until havock8s ls | grep -q '^slow .* armed'; do sleep 0.2; done`);
  await inPod('redis', 'redis-cli SET hit 1');
  const listed = await inPod(sidecar.faults, 'havock8s ls --output=json');
  const [fault] = (JSON.parse(listed) as { faults: readonly { tallies: { injected: number } }[] }).faults;
  assert.ok((fault?.tallies.injected ?? 0) > 0, listed);
  await scene.succeed(['annotate', 'pod', pod, 'fault.havock8s.io/slow-']);
}
