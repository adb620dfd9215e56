import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { annotation } from '../../../core/keys.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod, isInjected, type StoredPod } from '../../webhook/pods.js';
import { databases, WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv', 'memory-cgroup');
/** As the chart has it. */
const limitBytes = 256 * 1024 * 1024;
/** For the lease to pass on, and the pods to be listed by whoever has it then. */
const takeoverMs = 60_000;

suite('pods that somebody wrote to break the webhook', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 2, memoryBytes: limitBytes });
  });
  after(() => cluster?.stop());

  const inNamespace = `--namespace=${databases}`;

  async function leaders(): Promise<readonly string[]> {
    const live = cluster.replicas.filter(({ hasEnded }) => !hasEnded);
    const told = await Promise.all(live.map(async (one) => [one.options.name, await one.metrics()] as const));
    return told.filter(([, text]) => /^havock8s_webhook_is_leader 1$/m.test(text)).map(([name]) => name);
  }

  /** A change that the leader tells of by an event, so that it has seen whatever came before. */
  async function seen(name: string): Promise<void> {
    const onHost = databasePod(name);
    const spec = { ...onHost.spec, containers: onHost.spec?.containers ?? [], hostNetwork: true };
    await cluster.kubectl.succeed(['create', inNamespace, '-f', '-'], { ...onHost, spec });
    const told = ['get', 'events', inNamespace, `--field-selector=involvedObject.name=${name}`];
    await until(async () => (await cluster.kubectl.succeed(told)).includes('SidecarSkipped'), takeoverMs);
  }

  const left = (note: unknown): string =>
    JSON.stringify({
      ...{ version: '0', by: 'webhook', image: 'i', volumes: [], inbound: [], outbound: [] },
      left: [note],
    });

  const statuses = [
    left({ code: 'bad-port', subject: { toString: 1 } }),
    left({ code: 'constructor', subject: '' }),
    left({ code: { toString: 1 }, subject: [[]] }),
    '{"left":null}',
    '['.repeat(10_000),
  ];

  async function assertAtWork(name: string): Promise<void> {
    assert.deepEqual(
      cluster.replicas.filter(({ hasEnded }) => hasEnded).map(({ log }) => log.slice(-2000)),
      [],
    );
    await cluster.kubectl.succeed(['create', inNamespace, '-f', '-'], databasePod(name));
    assert.ok(isInjected(await cluster.kubectl.json<StoredPod>(['get', 'pod', name, inNamespace])));
  }

  test('annotated while the leader watches: both replicas go on and inject', async () => {
    await until(async () => (await leaders()).length === 1, takeoverMs);
    for (const [index, status] of statuses.entries()) {
      const name = `hostile-${index}`;
      await cluster.kubectl.succeed(['create', inNamespace, '-f', '-'], databasePod(name));
      await cluster.kubectl.succeed([
        ...['annotate', '--overwrite', 'pod', name, inNamespace],
        `${annotation.status}=${status}`,
      ]);
    }
    await seen('seen-by-the-first');
    await assertAtWork('after-the-first');
  });

  test('many pods as large as the API server keeps them, and each replica in turn lists them all and goes on', async () => {
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubectl.kubeconfig);
    const api = config.makeApiClient(CoreV1Api);
    for (let index = 0; index < 16; index++) {
      const pod = databasePod(`large-${index}`);
      const [container] = pod.spec?.containers ?? [];
      assert.ok(container);
      // The API server spells each of these with six characters.
      container.env = [{ name: 'LARGE', value: '<'.repeat(1_200_000) }];
      await api.createNamespacedPod({ namespace: databases, body: pod });
    }
    const [first] = await leaders();
    const leading = cluster.replicas.find(({ options }) => options.name === first);
    assert.ok(leading);
    await cluster.setEndpoint(leading, false);
    await leading.end('SIGTERM');
    const next = await cluster.startReplica();
    await until(async () => (await leaders()).length === 1, takeoverMs);
    await seen('seen-by-the-next');
    const live = cluster.replicas.filter((one) => one !== leading);
    assert.ok(live.includes(next) && live.every(({ hasEnded }) => !hasEnded));
    for (const { options } of cluster.replicas)
      assert.equal(options.cgroup?.oomKills(), 0, `${options.name} was killed for its memory`);
  });
});
