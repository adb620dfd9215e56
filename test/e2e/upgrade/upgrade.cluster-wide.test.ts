import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { sidecar } from '../../../core/pod-layout.js';
import { injectionOf, isInjected, type StoredPod } from '../../webhook/pods.js';
import { needsCluster } from '../cluster-at-hand.js';
import { Environment } from '../environment.js';
import { install, system, webhook } from '../installation.js';
import { restart, untilReplaced, untilRolledOut } from '../webhook/replicas.js';
import { Ledger } from './ledger.js';
import { forgetImage, nameAnew, nextImage, presentImage } from './next-image.js';
import { databasesOf, names } from './three-databases.js';

const skip = needsCluster('own');

suite('a new image of the sidecar', { skip }, () => {
  test('comes by a rollout, pod by pod; nothing acknowledged is lost, and old sidecars work until then', (t) =>
    Environment.play({ name: 'upgrade', volumesPerNode: 2 }, async (environment) => {
      nameAnew(environment.own);
      try {
        await environment.apply(databasesOf(environment.namespace));
        await environment.succeed(['rollout', 'status', 'statefulset/db', '--timeout=280s']);
        await environment.succeed(['wait', '--for=condition=Ready', 'pod/writer', '--timeout=60s']);
        assert.deepEqual(
          await imagesOf(environment),
          names.map(() => presentImage),
        );
        const ledger = await Ledger.open(environment);

        await configure(environment, nextImage);
        assert.deepEqual(
          await imagesOf(environment),
          names.map(() => presentImage),
          'pods that run stay as they are',
        );
        await armsAndHits(environment, 'db-0');

        await restartFrom(environment, 2);
        assert.deepEqual(await imagesOf(environment), [presentImage, presentImage, nextImage]);
        for (const name of ['db-0', 'db-2']) await armsAndHits(environment, name);

        await restartFrom(environment, 0);
        assert.deepEqual(
          await imagesOf(environment),
          names.map(() => nextImage),
        );
        for (const name of names) await armsAndHits(environment, name);
        const { acknowledged, missing } = await ledger.close();
        t.diagnostic(`${acknowledged.join(' + ')} writes acknowledged meanwhile, ${missing} missing`);
        for (const count of acknowledged) assert.ok(count > 20, `${acknowledged}`);
        assert.equal(missing, 0);
      } finally {
        await install(environment.cluster);
        await restart(environment.cluster);
        await untilRolledOut(environment.cluster);
        forgetImage(environment.own);
      }
    }));
});

/** Of the sidecars, as each pod's status says and as its containers have it. */
async function imagesOf(environment: Environment): Promise<readonly string[]> {
  const { items } = await environment.json<{ items: readonly StoredPod[] }>([
    'get',
    'pods',
    '--selector=app=db',
  ]);
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
async function configure(environment: Environment, image: string): Promise<void> {
  const map = ['configmap', webhook, `--namespace=${system}`];
  const { data } = await environment.cluster.json<{ data: Record<string, string> }>(['get', ...map]);
  const text = (data['injection.yaml'] ?? '').replace(/^image: .*$/m, `image: ${image}`);
  const patch = JSON.stringify({ data: { 'injection.yaml': text } });
  await environment.cluster.succeed(['patch', ...map, '--type=merge', `--patch=${patch}`]);
  await restart(environment.cluster);
  await untilReplaced(environment.cluster);
}

/** Pods of this number and above. */
async function restartFrom(environment: Environment, partition: number): Promise<void> {
  const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition } };
  const patch = JSON.stringify({ spec: { updateStrategy } });
  await environment.succeed(['patch', 'statefulset', 'db', '--type=merge', `--patch=${patch}`]);
  if (partition > 0) await environment.succeed(['rollout', 'restart', 'statefulset/db']);
  await environment.succeed(['rollout', 'status', 'statefulset/db', '--timeout=240s']);
}

async function armsAndHits(environment: Environment, pod: string): Promise<void> {
  const inPod = (container: string, script: string): Promise<string> =>
    environment.exec(pod, container, ['timeout', '40', 'sh', '-ec', script]);
  await environment.succeed([
    'annotate',
    'pod',
    pod,
    'fault.havock8s.io/slow=disk latency 3ms on write for 2m',
  ]);
  await inPod(sidecar.faults, `until havock8s ls | grep -q '^slow .* armed'; do sleep 0.2; done`);
  await inPod('redis', 'redis-cli SET hit 1');
  const listed = await inPod(sidecar.faults, 'havock8s ls --output=json');
  const [fault] = (JSON.parse(listed) as { faults: readonly { tallies: { injected: number } }[] }).faults;
  assert.ok((fault?.tallies.injected ?? 0) > 0, listed);
  await environment.succeed(['annotate', 'pod', pod, 'fault.havock8s.io/slow-']);
}
