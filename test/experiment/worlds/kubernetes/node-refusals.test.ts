/** Nodes that carry something of havock8s are not taken away: its controller and webhook, and whatever keeps a ledger. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plannedSteps } from '../../../../experiment/file/planned-steps.js';
import { stepsSchema } from '../../../../experiment/file/step.js';
import { targetSchema } from '../../../../experiment/file/target.js';
import type { Pod } from '../../../../experiment/worlds/kubernetes/node/pod-objects.js';
import { nodeRefusals } from '../../../../experiment/worlds/kubernetes/node-refusals.js';
import { podView } from '../../../../experiment/worlds/kubernetes/pod-view.js';
import { resources } from '../../../../kube/resources.js';
import { aCluster, aPod } from './node/a-cluster.js';

const onNode = (name: string, nodeName: string, labels: Readonly<Record<string, string>>): Pod =>
  aPod(name, { metadata: { name, namespace: 'shop', labels }, spec: { nodeName } });

/** Of a drain of the node that carries `db-0`. */
async function refusedBeside(other: Pod): Promise<readonly string[]> {
  const api = await aCluster('n1', 'n2', 'n3');
  const pods = { resource: resources.pods, namespace: 'shop' };
  const db = await api.create(pods, onNode('db-0', 'n1', { app: 'db' }));
  await api.create(pods, other);
  const spec = targetSchema.parse({ name: 'db', pods: ['db-0'] });
  const hit = [podView(db)];
  return nodeRefusals({
    ...{ api, run: { namespace: 'shop', name: 'zombie', uid: 'own' }, allowed: ['unknown'] },
    ...{
      ours: new Map([['n1', ['havock8s-controller-0']]]),
      targets: [{ spec, all: hit, roles: null, hit }],
    },
    steps: plannedSteps(stepsSchema.parse([{ name: 'lose', node: { action: 'drain', for: '1m' } }])),
  });
}

const refusal = (pod: string): readonly string[] => [
  `step lose: shop/${pod} of havock8s runs on node n1; name another node, or let the pod run elsewhere`,
];

test('a node that carries a pod that keeps ledgers is not taken away', async () => {
  const ledger = (node: string) => onNode('havock8s-ledger-0', node, { 'havock8s.io/ledger': 'true' });
  assert.deepEqual(await refusedBeside(ledger('n1')), refusal('havock8s-ledger-0'));
  assert.deepEqual(await refusedBeside(ledger('n2')), []);
});

test('nor one that carries the controller; a pod that only has its label is another', async () => {
  const named = (name: string) => onNode(name, 'n1', { 'app.kubernetes.io/name': 'havock8s' });
  assert.deepEqual(await refusedBeside(named('havock8s-controller-0')), refusal('havock8s-controller-0'));
  assert.deepEqual(await refusedBeside(named('somebody')), []);
});
