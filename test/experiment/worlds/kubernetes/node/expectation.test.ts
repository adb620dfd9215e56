import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  expectation,
  type Known,
  type Loss,
  noticedByDefault,
} from '../../../../../experiment/worlds/kubernetes/node/expectation.js';
import type { Pod, Toleration } from '../../../../../experiment/worlds/kubernetes/node/pod-objects.js';
import type { Claim, Volume } from '../../../../../experiment/worlds/kubernetes/node/pod-volumes.js';
import { aNode, aPod, ownedBy } from './a-cluster.js';

type Spec = NonNullable<Pod['spec']>;

const none: Known = {
  nodes: [aNode('n1'), aNode('n2'), aNode('n3')],
  pods: [],
  claims: [],
  volumes: [],
  classes: [],
  protectedNamespaces: new Set(),
};
const loses = (action: Loss['action'], seconds = 600): Loss => ({
  action,
  node: 'n1',
  lastsMs: seconds * 1000,
  noticedMs: noticedByDefault,
});
const pod = (kind: string | null, spec: Spec = {}, metadata: object = {}): Pod =>
  aPod('db-0', {
    spec,
    metadata: { name: 'db-0', namespace: 'shop', uid: 'u', ...(kind && ownedBy(kind)), ...metadata },
  });
const tolerates = (tolerationSeconds: number | null, key = 'node.kubernetes.io/unreachable'): Spec => ({
  tolerations: [
    {
      key,
      operator: 'Exists',
      effect: 'NoExecute',
      ...(tolerationSeconds !== null && { tolerationSeconds }),
    } satisfies Toleration,
  ],
});
const withClaim: Spec = { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-db-0' } }] };
const claim = (accessMode: string): Claim => ({
  metadata: { name: 'data-db-0', namespace: 'shop' },
  spec: { volumeName: 'pv-1', accessModes: [accessMode], storageClassName: 'fast' },
});
const volume = (spec: Volume['spec']): Volume => ({ metadata: { name: 'pv-1' }, ...(spec && { spec }) });
const onHosts = (...values: readonly string[]) => ({
  required: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values }] }],
  },
});
const disk = (mode: string, spec: Volume['spec']): Partial<Known> => ({
  claims: [claim(mode)],
  volumes: [volume(spec)],
});
const apart: Spec = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'db' } } },
      ],
    },
  },
};
const member = (name: string, nodeName: string): Pod =>
  aPod(name, { metadata: { name, namespace: 'shop', uid: name, labels: { app: 'db' } }, spec: { nodeName } });

type Row = readonly [Loss, Pod, RegExp, Partial<Known>?];

const rows: Readonly<Record<string, Row>> = {
  'a cordon': [loses('cordon'), pod('ReplicaSet'), /^stays: a cordon moves nobody$/],
  'a node that is cut from its peers': [loses('cut'), pod('ReplicaSet'), /^stays: the control plane goes on/],
  'a drain': [loses('drain'), pod('StatefulSet'), /^moves: 2 other nodes can have it, such as n2$/],
  'a drain, of a DaemonSet': [loses('drain'), pod('DaemonSet'), /^stays: is of a DaemonSet/],
  'a drain, in a protected namespace': [
    loses('drain'),
    pod('StatefulSet'),
    /^stays: its namespace has the label/,
    { protectedNamespaces: new Set(['shop']) },
  ],
  'a drain, of a pod of nobody': [loses('drain'), pod(null), /^waits: nobody makes it again/],
  'a taint': [loses('taint'), pod('StatefulSet'), /^moves/],
  'a taint, of a DaemonSet': [loses('taint'), pod('DaemonSet'), /^waits: is of a DaemonSet/],
  'a taint that is tolerated by name': [
    loses('taint'),
    pod('StatefulSet', tolerates(null, 'havock8s.io/experiment')),
    /^stays: tolerates it for ever$/,
  ],
  'a taint, where everything is tolerated': [
    loses('taint'),
    pod('StatefulSet', { tolerations: [{ operator: 'Exists' }] }),
    /^stays: tolerates it for ever$/,
  ],
  'a taint, where a lost node is tolerated': [loses('taint'), pod('StatefulSet', tolerates(null)), /^moves/],
  'an isolation, of a Deployment': [
    loses('isolate'),
    pod('ReplicaSet', tolerates(300)),
    /^moves: 2 other nodes can have it/,
  ],
  'an isolation, of a StatefulSet': [
    loses('isolate'),
    pod('StatefulSet', tolerates(300)),
    /^waits: a StatefulSet makes no second pod/,
  ],
  'an isolation that is shorter than the toleration': [
    loses('isolate', 200),
    pod('ReplicaSet', tolerates(300)),
    /^stays: tolerates it for 300 s, longer than it lasts$/,
  ],
  'an isolation, without any toleration': [loses('isolate', 200), pod('ReplicaSet'), /^moves/],
  'an isolation that is tolerated for ever': [
    loses('isolate'),
    pod('ReplicaSet', tolerates(null)),
    /^stays: tolerates it for ever$/,
  ],
  'an isolation that nobody notices': [
    loses('isolate', 30),
    pod('ReplicaSet'),
    /^stays: the node is back after 30 s, before the control plane calls it NotReady$/,
  ],
  'an isolation, with a volume that one node has': [
    loses('isolate'),
    pod('Cluster', withClaim),
    /^waits: volume pv-1 is ReadWriteOnce, and a lost node does not give it back/,
    disk('ReadWriteOnce', { csi: {} }),
  ],
  'an isolation, with a volume that many have': [
    loses('isolate'),
    pod('Cluster', withClaim),
    /^moves/,
    disk('ReadWriteMany', { csi: {} }),
  ],
  'a drain, with a volume that one node has': [
    loses('drain'),
    pod('StatefulSet', withClaim),
    /^moves/,
    disk('ReadWriteOncePod', { csi: {} }),
  ],
  'a drain, with a disk of the node': [
    loses('drain'),
    pod('StatefulSet', withClaim),
    /^waits: volume pv-1 is a disk of this node \(local\), and it waits for that$/,
    disk('ReadWriteOnce', { local: {}, nodeAffinity: onHosts('n1') }),
  ],
  'a drain, with a volume of a zone': [
    loses('drain'),
    pod('StatefulSet', withClaim),
    /^moves: 1 other nodes can have it, such as n3$/,
    disk('ReadWriteOnce', { csi: {}, nodeAffinity: onHosts('n1', 'n3') }),
  ],
  'a drain, with a volume of a zone that has no other node': [
    loses('drain'),
    pod('StatefulSet', withClaim),
    /^waits: no other node can have it: its volume cannot be on n2; its volume cannot be on n3$/,
    disk('ReadWriteOnce', { csi: {}, nodeAffinity: onHosts('n1') }),
  ],
  'a drain, with data in the pod': [
    loses('drain'),
    pod('ReplicaSet', {
      volumes: [
        { name: 'cache', emptyDir: {} },
        { name: 'logs', hostPath: {} },
      ],
    }),
    /^moves: .*; what stays behind: emptyDir cache, hostPath logs$/,
  ],
  'a drain, where every other node is taken, cordoned or lost': [
    loses('drain'),
    pod('ReplicaSet', { nodeSelector: { disk: 'ssd' } }),
    /^waits: no other node can have it: n2 is cordoned; n3 has the taint gpu:NoSchedule; n4 is not Ready; n5 does not match its nodeSelector$/,
    {
      nodes: [
        aNode('n1'),
        aNode('n2', { unschedulable: true }),
        aNode('n3', { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }),
        { ...aNode('n4'), status: {} },
        aNode('n5'),
      ],
    },
  ],
  'a drain, where a taint is only a preference': [
    loses('drain'),
    pod('ReplicaSet'),
    /^moves: 1 other nodes/,
    { nodes: [aNode('n1'), aNode('n2', { taints: [{ key: 'gpu', effect: 'PreferNoSchedule' }] })] },
  ],
  'a drain, where an affinity wants this node': [
    loses('drain'),
    pod('ReplicaSet', {
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: onHosts('n1').required },
      },
    }),
    /^waits: .*n2 does not match its node affinity/,
  ],
  'a drain, where members keep apart and each node has one': [
    loses('drain'),
    pod('StatefulSet', apart),
    /^waits: .*it may not be beside db-1 on n2; it may not be beside db-2 on n3$/,
    { pods: [member('db-1', 'n2'), member('db-2', 'n3')] },
  ],
  'a drain, where members keep apart and a node is free': [
    loses('drain'),
    pod('StatefulSet', apart),
    /^moves: 1 other nodes can have it, such as n3$/,
    { pods: [member('db-1', 'n2')] },
  ],
};

for (const [what, [loss, one, said, known = {}]] of Object.entries(rows)) {
  test(`what is expected of ${what}`, () => {
    const [expected, ...more] = expectation(loss, [one], { ...none, ...known });
    assert.match(`${expected?.outcome}: ${expected?.reason}`, said);
    assert.deepEqual([expected?.unknown, more], [null, []]);
  });
}

test('pods elsewhere, and those that have finished, are no part of it', () => {
  const others = [aPod('a', { spec: { nodeName: 'n2' } }), aPod('b', { status: { phase: 'Succeeded' } })];
  assert.deepEqual(expectation(loses('drain'), others, none), []);
});

for (const [what, spec, known, said] of [
  ['whose claim is not there', withClaim, {}, /^there is no claim shop\/data-db-0$/],
  [
    'whose volume is not there',
    withClaim,
    { claims: [claim('ReadWriteOnce')] },
    /^claim shop\/data-db-0 has no volume that can be read$/,
  ],
  [
    'whose volume nobody would make again',
    { volumes: [{ name: 'data', ephemeral: {} }] },
    {
      claims: [{ ...claim('ReadWriteOnce'), metadata: { name: 'db-0-data', namespace: 'shop' } }],
      classes: [{ metadata: { name: 'fast' }, provisioner: 'kubernetes.io/no-provisioner' }],
    },
    /^whether shop\/db-0-data gets another volume elsewhere: nothing is known to make volumes of class fast$/,
  ],
] as const) {
  test(`of a pod ${what} nobody can say`, () => {
    const [expected] = expectation(loses('drain'), [pod('StatefulSet', spec)], { ...none, ...known });
    assert.match(expected?.unknown ?? '', said);
  });
}
