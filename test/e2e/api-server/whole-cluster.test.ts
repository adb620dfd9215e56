/** What is held against what a cluster held before: each change that somebody made is told, and no other. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { type ApiServer, startApiServer } from '../../../dev/cluster/api-server.js';
import { experimentCrd } from '../../../experiment/crd/experiment-crd.js';
import { needs } from '../../needs.js';
import { differences, type WholeCluster, wholeCluster } from '../whole-cluster.js';

const skip = needs('etcd', 'kube-apiserver', 'kubectl', 'setpriv');
const lease = {
  ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'n1', namespace: 'default' } },
  spec: { holderIdentity: 'n1', leaseDurationSeconds: 40 },
};
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

suite('a whole cluster, before and after', { skip }, () => {
  let server: ApiServer;
  let was: WholeCluster;
  before(async () => {
    server = await startApiServer();
    const items = [
      experimentCrd(),
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } },
      ...[configMap('first'), lease],
    ];
    await server.kubectl.succeed(['create', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
    await server.kubectl.succeed(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    await server.kubectl.succeed(['get', 'experiments']);
  });
  after(() => server?.stop());
  beforeEach(async () => {
    was = await wholeCluster(server.kubectl.kubeconfig);
  });

  const patch = (what: readonly string[], body: object): Promise<string> =>
    server.kubectl.succeed(['patch', ...what, '--type=merge', '-p', JSON.stringify(body)]);
  const changed = async (): Promise<readonly string[]> =>
    differences(was, await wholeCluster(server.kubectl.kubeconfig));

  test('heartbeats, leases and events are no difference', async () => {
    const condition = { type: 'Ready', status: 'True', reason: 'KubeletReady' };
    const at = (minute: number) => ({
      status: { conditions: [{ ...condition, lastHeartbeatTime: `2026-01-02T03:0${minute}:00Z` }] },
    });
    await patch(['node', 'n1', '--subresource=status'], at(1));
    was = await wholeCluster(server.kubectl.kubeconfig);
    await patch(['node', 'n1', '--subresource=status'], at(2));
    await patch(['lease', 'n1'], { spec: { holderIdentity: 'n2' } });
    await server.kubectl.succeed(['create', '-f', '-'], {
      ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'told', namespace: 'default' } },
      ...{ involvedObject: { kind: 'Node', name: 'n1' }, reason: 'Told', type: 'Normal' },
    });
    assert.deepEqual(await changed(), []);
  });

  test('what was changed and put back is no difference', async () => {
    await server.kubectl.succeed(['cordon', 'n1']);
    await server.kubectl.succeed(['uncordon', 'n1']);
    assert.deepEqual(await changed(), []);
  });

  test('a field, an annotation, an object more and one less are told', async () => {
    await server.kubectl.succeed(['cordon', 'n1']);
    await server.kubectl.succeed(['annotate', 'node', 'n1', 'left=behind']);
    await server.kubectl.succeed(['create', '-f', '-'], configMap('second'));
    await server.kubectl.succeed(['delete', 'configmap', 'first']);
    const told = await changed();
    for (const line of [
      'Node n1: spec.unschedulable was nothing, is true',
      'Node n1: metadata.annotations.left was nothing, is "behind"',
      'ConfigMap default/second: was not there',
      'ConfigMap default/first: is not there any more',
    ])
      assert.ok(told.includes(line), `${line}\n\n${told.join('\n')}`);
  });

  test('a run is told only while it is held', async () => {
    const metadata = { name: 'run', finalizers: ['havock8s.io/experiment'] };
    await server.kubectl.succeed(['create', '-f', '-'], {
      ...{ apiVersion: 'havock8s.io/v1alpha1', kind: 'Experiment', metadata },
      spec: { targets: [{ name: 'db', pods: ['db-0'] }], steps: [{ wait: { for: '1s' } }] },
    });
    assert.deepEqual(await changed(), ['Experiment.havock8s.io default/run: was not there']);
    await patch(['experiment', 'run'], { metadata: { finalizers: null } });
    assert.deepEqual(await changed(), []);
  });
});
