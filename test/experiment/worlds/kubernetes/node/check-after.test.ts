import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAfter, type NodeAfter } from '../../../../../experiment/worlds/kubernetes/node/check-after.js';
import { nodeBefore } from '../../../../../experiment/worlds/kubernetes/node/node-before.js';
import { nodeMarks, taintKey } from '../../../../../experiment/worlds/kubernetes/node/node-mark.js';
import type { Node } from '../../../../../experiment/worlds/kubernetes/node/node-objects.js';
import { aNode, aPod } from './a-cluster.js';

const zone = { key: 'zone', value: 'a', effect: 'NoSchedule' };
const was: Node = { ...aNode('n1', { taints: [zone] }), metadata: { name: 'n1', uid: 'u' } };
const clean: NodeAfter = { node: was, pods: [], volumeOf: new Map(), attachments: [], isolations: [] };
const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }];
const moved = {
  pods: [aPod('db-0', { spec: { nodeName: 'n2', volumes } })],
  volumeOf: new Map([['shop/data-db-0', 'pv-1']]),
  attachments: [
    { metadata: { name: 'csi-1' }, spec: { nodeName: 'n1', source: { persistentVolumeName: 'pv-1' } } },
  ],
};

const cases: Readonly<Record<string, readonly [Partial<NodeAfter>, readonly string[]]>> = {
  'nothing, where all is as before': [{}, []],
  'that the node is gone': [{ node: null }, ['node n1 is gone']],
  'that it is another one': [
    { node: { ...was, metadata: { name: 'n1', uid: 'v' } } },
    ['node n1 is another one of that name'],
  ],
  'that it is not Ready': [{ node: { ...was, status: {} } }, ['node n1 is not Ready']],
  'that it is cordoned, and by whom it is marked': [
    {
      node: {
        ...was,
        metadata: { ...was.metadata, annotations: { [nodeMarks.cordon]: '?' } },
        spec: { unschedulable: true, taints: [zone] },
      },
    },
    ['node n1 still has the mark of a cordon', 'node n1 is cordoned, and was schedulable'],
  ],
  'a taint of ours, one that came and one that went': [
    {
      node: {
        ...was,
        spec: {
          taints: [
            { key: taintKey, value: 'x', effect: 'NoExecute' },
            { key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' },
          ],
        },
      },
    },
    [
      'node n1 still has a taint of havock8s',
      'node n1 has the taint node.kubernetes.io/unreachable=:NoSchedule, and had it not',
      'node n1 has lost the taint zone=a:NoSchedule',
    ],
  ],
  'an isolation': [
    { isolations: [{ metadata: { name: 'n1' }, spec: { node: 'n1', lasts: '1s' } }] },
    ['node n1 still has a NodeIsolation'],
  ],
  'a volume that is attached here for a pod that is elsewhere': [
    moved,
    ['volume pv-1 is still attached to node n1 (csi-1), while shop/db-0 is on n2'],
  ],
  'none where a pod here has it as well': [
    { ...moved, pods: [...moved.pods, aPod('db-1', { spec: { nodeName: 'n1', volumes } })] },
    [],
  ],
  'none where no pod has it: that is how its claim was': [{ ...moved, pods: [] }, []],
  'a pod that is still Terminating': [
    { pods: [aPod('db-0', { metadata: { name: 'db-0', namespace: 'shop', deletionTimestamp: 'x' } })] },
    ['pod shop/db-0 is still Terminating on node n1'],
  ],
};
for (const [what, [change, expected]] of Object.entries(cases)) {
  test(`after a node was lost it is told ${what}`, () => {
    assert.deepEqual(checkAfter('n1', nodeBefore(was), { ...clean, ...change }), expected);
  });
}
