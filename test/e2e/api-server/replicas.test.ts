import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod } from '../../webhook/pods.js';
import { failedOpen } from './failed-open.js';
import { type Creation, PodLoad, tally } from './pod-load.js';
import { databases, WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');
/** For the API server to have heard of an endpoint that changed. */
const heardMs = 2000;

suite('replicas come and go while pods are created', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 2 });
  });
  after(() => cluster?.stop());

  async function underLoad(
    prefix: string,
    use: (load: PodLoad) => Promise<void>,
  ): Promise<readonly Creation[]> {
    const load = new PodLoad(cluster.kubectl.kubeconfig, databases, prefix);
    try {
      await load.more(50);
      await use(load);
    } finally {
      await load.stop();
    }
    return load.creations;
  }

  const uninjectedNames = (creations: readonly Creation[]): readonly string[] =>
    creations.filter(({ outcome }) => outcome === 'uninjected').map(({ name }) => name);

  test('one that is asked to leave answers until nobody asks it: every pod is injected', async (t) => {
    const [leaving] = cluster.replicas;
    assert.ok(leaving);
    const creations = await underLoad('leave', async (load) => {
      const left = leaving.end('SIGTERM');
      await cluster.setEndpoint(leaving, false);
      assert.equal(await left, 0);
      await load.more(50);
    });
    const { injected, uninjected, failures } = tally(creations);
    t.diagnostic(`${injected} pods, every one injected`);
    assert.deepEqual({ uninjected, failures }, { uninjected: 0, failures: [] });
    await cluster.startReplica();
  });

  test('one that is killed fails no pod: those it was to answer for start uninjected until its endpoint goes', async (t) => {
    const killed = cluster.replicas.find(({ hasEnded }) => !hasEnded);
    assert.ok(killed);
    let [killedMs, heardBy] = [0, 0];
    const creations = await underLoad('kill', async (load) => {
      killedMs = performance.now();
      await killed.end('SIGKILL');
      await load.more(20);
      await cluster.setEndpoint(killed, false);
      heardBy = performance.now() + heardMs;
      await until(() => load.creations.filter(({ beganMs }) => beganMs > heardBy).length > 20, 60_000);
    });
    const { injected, uninjected, failures } = tally(creations);
    t.diagnostic(`${injected} pods injected, ${uninjected} not: what the killed replica was to answer for`);
    assert.deepEqual(failures, []);
    const lost = creations.filter(({ outcome }) => outcome === 'uninjected');
    assert.deepEqual(
      lost.filter(({ beganMs, endedMs }) => endedMs < killedMs || beganMs > heardBy),
      [],
    );
    const audited = failedOpen(cluster.server.readAudit(), 'inject.havock8s.io');
    for (const { name } of lost)
      assert.ok(audited.includes(name), `the audit does not say why ${name} is uninjected`);
    await cluster.startReplica();
  });

  test('with no replica left pods start uninjected, the audit says so, and the next replica injects again', async () => {
    let without: readonly Creation[] = [];
    const creations = await underLoad('none', async (load) => {
      for (const replica of cluster.replicas) await replica.end('SIGKILL');
      const goneMs = performance.now();
      await load.more(30);
      without = load.creations.filter(({ beganMs }) => beganMs > goneMs);
      await cluster.kubectl.succeed(['create', `--namespace=${databases}`, '-f', '-'], databasePod('bare'));
      const bad = ['annotate', 'pod', 'bare', `--namespace=${databases}`, 'fault.havock8s.io/a=nonsense'];
      await cluster.kubectl.succeed(bad);
      for (const replica of cluster.replicas) await cluster.setEndpoint(replica, false);
      await cluster.startReplica();
      const heardBy = performance.now() + heardMs;
      await until(() => load.creations.some(({ beganMs }) => beganMs > heardBy), 60_000);
    });
    assert.deepEqual(tally(creations).failures, []);
    assert.ok(without.length > 20);
    assert.equal(tally(without).injected, 0);
    assert.equal(creations.at(-1)?.outcome, 'injected');
    const audited = new Set(failedOpen(cluster.server.readAudit(), 'inject.havock8s.io'));
    assert.deepEqual(
      uninjectedNames(creations).filter((name) => !audited.has(name)),
      [],
    );
  });
});
