import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Known,
  noticedByDefault,
} from '../../../../../experiment/worlds/kubernetes/node/expectation.js';
import { nodeMarks, writeMark } from '../../../../../experiment/worlds/kubernetes/node/node-mark.js';
import type { Node } from '../../../../../experiment/worlds/kubernetes/node/node-objects.js';
import type { Pod } from '../../../../../experiment/worlds/kubernetes/node/pod-objects.js';
import { type Asked, refusals } from '../../../../../experiment/worlds/kubernetes/node/refusals.js';
import { aNode, aPod, nowMs, ownedBy } from './a-cluster.js';

const run = { namespace: 'shop', name: 'zombie', uid: 'own' };
const labelled = (name: string, labels: Readonly<Record<string, string>>): Node => ({
  ...aNode(name),
  metadata: { name, labels },
});
const marked = (uid: string): Node => {
  const mark = writeMark({
    run: { ...run, name: 'first', uid },
    step: 'drain-1',
    untilMs: nowMs,
    wasUnschedulable: false,
  });
  return { ...aNode('n1'), metadata: { name: 'n1', annotations: { [nodeMarks.cordon]: mark } } };
};
const none: Known = {
  nodes: [aNode('n1'), aNode('n2'), aNode('n3'), aNode('n4')],
  pods: [],
  claims: [],
  volumes: [],
  classes: [],
  protectedNamespaces: new Set(),
};
const asks: Asked = {
  action: 'isolate',
  nodes: ['n1'],
  run,
  targets: [],
  lastsMs: 120_000,
  noticedMs: noticedByDefault,
  isOurs: ({ metadata }) => metadata.namespace === 'havock8s-system',
};
const inSystem = (name: string, namespace: string, nodeName: string, status?: Pod['status']): Pod =>
  aPod(name, {
    metadata: { name, namespace, labels: { 'k8s-app': 'kube-dns' } },
    spec: { nodeName },
    ...(status && { status }),
  });
const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const target = (tolerationSeconds: number): Pod =>
  aPod('db-0', {
    metadata: { name: 'db-0', namespace: 'shop', ...ownedBy('StatefulSet') },
    spec: { tolerations: [{ operator: 'Exists', effect: 'NoExecute', tolerationSeconds }] },
  });
const zone = (letter: string, count: number): readonly Node[] =>
  Array.from({ length: count }, (_, index) =>
    labelled(`${letter}${index + 1}`, { 'topology.kubernetes.io/zone': letter }),
  );

type Row = readonly [readonly string[], Partial<Asked>, Partial<Known>?];

const rows: Readonly<Record<string, Row>> = {
  'nothing, of a node that has nothing of note': [[], {}],
  'a node that is not there': [
    ['absent: there is no node n9; name one of kubectl get nodes'],
    { nodes: ['n9'] },
  ],
  'a node that is lost as it is': [
    ['absent: node n1 is not Ready as it is; wait until it is, or name another'],
    {},
    { nodes: [{ ...aNode('n1'), status: {} }, aNode('n2')] },
  ],
  'a node that another run holds': [
    [
      'overlap: node n1 is held by step drain-1 of experiment shop/first until 2026-12-01T04:00:00.000Z; wait for its end',
    ],
    { action: 'cordon' },
    { nodes: [marked('other'), aNode('n2')] },
  ],
  'nothing, of a node that the run itself holds': [[], {}, { nodes: [marked('own'), aNode('n2')] }],
  'a node with a pod of ours': [
    [
      'ours: havock8s-system/webhook of havock8s runs on node n1; name another node, or let the pod run elsewhere',
    ],
    { action: 'drain' },
    { pods: [inSystem('webhook', 'havock8s-system', 'n1'), inSystem('other', 'havock8s-system', 'n2')] },
  ],
  'nothing, of a cordon where a pod of ours is': [
    [],
    { action: 'cordon' },
    { pods: [inSystem('webhook', 'havock8s-system', 'n1')] },
  ],
  'a node of the control plane': [
    [
      'control-plane: node n1 is of the control plane (node-role.kubernetes.io/control-plane); name a node that is not',
    ],
    {},
    { nodes: [labelled('n1', { 'node-role.kubernetes.io/control-plane': '' }), aNode('n2')] },
  ],
  'the only DNS that is Ready': [
    ['dns: kube-system/dns-1 on node n1 is all the DNS of the cluster; let another run elsewhere first'],
    {},
    {
      pods: [inSystem('dns-1', 'kube-system', 'n1', ready), inSystem('dns-2', 'kube-system', 'n2', {})],
    },
  ],
  'nothing, where DNS is elsewhere too': [
    [],
    {},
    {
      pods: [inSystem('dns-1', 'kube-system', 'n1', ready), inSystem('dns-2', 'kube-system', 'n2', ready)],
    },
  ],
  'three nodes of five in a zone': [
    [
      'share: 3 of 5 nodes of zone a would be lost, 60 %; from 55 % on the control plane stops to evict: let 2 be lost at most',
    ],
    { nodes: ['a1', 'a2', 'a3'] },
    { nodes: [...zone('a', 5), ...zone('b', 5)] },
  ],
  'a third one of five, where two are lost already': [
    [
      'share: 3 of 5 nodes of zone a would be lost, 60 %; from 55 % on the control plane stops to evict: let 2 be lost at most',
    ],
    { nodes: ['a1'] },
    {
      nodes: [
        ...zone('a', 5).map((one, index) => (index > 2 ? { ...one, status: {} } : one)),
        ...zone('b', 5),
      ],
    },
  ],
  'nothing, of five nodes of ten': [[], { nodes: ['a1', 'a2', 'a3', 'a4', 'a5'] }, { nodes: zone('a', 10) }],
  'nothing, of two nodes of three: the control plane goes on to evict': [
    [],
    { nodes: ['a1', 'a2'] },
    { nodes: zone('a', 3) },
  ],
  'nothing, of the one node of a zone': [
    [],
    { nodes: ['a1'] },
    { nodes: [...zone('a', 1), ...zone('b', 1)] },
  ],
  'every node': [
    ['share: no node would be left of 2; the control plane evicts nobody then: name fewer'],
    { nodes: ['n1', 'n2'] },
    { nodes: [aNode('n1'), aNode('n2')] },
  ],
  'an end about when the node is called NotReady': [
    [
      'timing: an isolation of 50 s ends about when node n1 is called NotReady (40 s to 55 s after its start), and what comes of it is chance; let it last less than 35 s or more than 60 s',
    ],
    { lastsMs: 50_000 },
  ],
  'an end about when a target is evicted': [
    [
      'timing: an isolation of 350 s ends about when shop/db-0 is evicted, which tolerates a lost node for 300 s (340 s to 355 s after its start), and what comes of it is chance; let it last less than 335 s or more than 360 s',
    ],
    { lastsMs: 350_000, targets: [target(300)] },
  ],
  'nothing, at either side of that': [[], { lastsMs: 360_000, targets: [target(300)] }],
  'nothing of the time, where the node is only drained': [
    [],
    { action: 'drain', lastsMs: 350_000, targets: [target(300)] },
  ],
  'a target whose fate cannot be judged': [
    ['unknown: what becomes of shop/db-0 when node n1 is lost cannot be judged: there is no claim shop/data'],
    {
      action: 'drain',
      targets: [
        aPod('db-0', { spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] } }),
      ],
    },
  ],
};

for (const [what, [expected, asked, known = {}]] of Object.entries(rows)) {
  test(`refused is ${what}`, () => {
    const found = refusals({ ...asks, ...asked }, { ...none, ...known });
    assert.deepEqual(
      found.map(({ kind, message }) => `${kind}: ${message}`),
      expected,
    );
  });
}
