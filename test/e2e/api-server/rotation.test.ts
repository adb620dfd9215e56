import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { needs } from '../../needs.js';
import { service, system } from './install.js';
import { PodLoad, tally } from './pod-load.js';
import { issuePair } from './serving-pair.js';
import { databases, WebhookCluster } from './webhook-cluster.js';

const skip = needs('root', 'network', 'etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const rotations = 10;

suite('certificates change under load', { skip }, () => {
  let cluster: WebhookCluster;
  before(async () => {
    cluster = await WebhookCluster.start({ replicas: 2, certs: 'files' });
  });
  after(() => cluster?.stop());

  test('each time under another authority, and every pod is injected', async (t) => {
    const load = new PodLoad(cluster.kubectl.kubeconfig, databases, 'rotate');
    try {
      for (let rotation = 0; rotation < rotations; rotation++) {
        const [old, next] = [cluster.pair, issuePair(`${service}.${system}.svc`)];
        await cluster.trust(old.authority + next.authority);
        await load.more(10);
        await cluster.serve(next);
        await cluster.trust(next.authority);
        await load.more(10);
      }
    } finally {
      await load.stop();
    }
    const { injected, uninjected, failures } = tally(load.creations);
    t.diagnostic(`${rotations} rotations, ${injected} pods, every one injected`);
    assert.deepEqual({ uninjected, failures }, { uninjected: 0, failures: [] });
  });
});
