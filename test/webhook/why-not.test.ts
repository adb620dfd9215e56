import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admitted, aPod, type Circumstances, injected } from './a-pod.js';

interface Case {
  readonly pod?: unknown;
  readonly circumstances?: Circumstances;
  readonly reason: string;
}

const cases: Readonly<Record<string, Case>> = {
  'nobody asked for it': {
    pod: aPod({ annotations: { 'havock8s.io/inject': undefined as never } }),
    reason: 'not-asked',
  },
  'it was refused': { pod: aPod({ annotations: { 'havock8s.io/inject': 'false' } }), reason: 'refused' },
  'it was refused, though its labels are chosen': {
    pod: aPod({ annotations: { 'havock8s.io/inject': 'false' }, labels: { app: 'pg' } }),
    circumstances: { config: { podSelector: { matchLabels: { app: 'pg' } } } },
    reason: 'refused',
  },
  'it was asked for in other words': {
    pod: aPod({ annotations: { 'havock8s.io/inject': 'yes' } }),
    reason: 'bad-inject',
  },
  'True is not true': { pod: aPod({ annotations: { 'havock8s.io/inject': 'True' } }), reason: 'bad-inject' },
  'the namespace did not opt in': {
    circumstances: { labels: { 'havock8s.io/injection': 'disabled' } },
    reason: 'namespace-not-enabled',
  },
  'it is a mirror pod': {
    pod: aPod({ annotations: { 'kubernetes.io/config.mirror': 'abc' } }),
    reason: 'mirror-pod',
  },
  'a sidecar was put there by hand, without a status': {
    pod: aPod({ initContainers: [{ name: 'havock8s-faults', image: 'x' }] }),
    reason: 'already-injected',
  },
  'a volume has our name': {
    pod: aPod({ volumes: [{ name: 'havock8s-run', emptyDir: {} }] }),
    reason: 'already-injected',
  },
  'the cluster has no native sidecars': { circumstances: { minor: 28 }, reason: 'old-kubernetes' },
  'it is for Windows, by os': { pod: aPod({ spec: { os: { name: 'windows' } } }), reason: 'windows' },
  'it is for Windows, by node': {
    pod: aPod({ spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } }),
    reason: 'windows',
  },
  'it is on the network of the node': { pod: aPod({ spec: { hostNetwork: true } }), reason: 'host-network' },
  'it has user namespaces': { pod: aPod({ spec: { hostUsers: false } }), reason: 'user-namespace' },
  'Pod Security is baseline': {
    circumstances: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
    reason: 'pod-security',
  },
  'Pod Security is restricted by default': {
    circumstances: { config: { podSecurityDefault: 'restricted' } },
    reason: 'pod-security',
  },
  'Pod Security is of a level nobody knows': {
    circumstances: { labels: { 'pod-security.kubernetes.io/enforce': 'priviledged' } },
    reason: 'pod-security',
  },
  'there is nothing to do': {
    pod: aPod({ volumes: [], container: { ports: [], volumeMounts: [] } }),
    reason: 'nothing-to-do',
  },
  'nothing is wanted': {
    pod: aPod({ annotations: { 'havock8s.io/volumes': 'none', 'havock8s.io/ports': 'none' } }),
    reason: 'nothing-to-do',
  },
  'it is no object': { pod: [], reason: 'malformed-pod' },
  'it is null': { pod: null, reason: 'malformed-pod' },
  'it has no specification': { pod: { metadata: {} }, reason: 'malformed-pod' },
  'its containers are no list': { pod: { spec: { containers: {} } }, reason: 'malformed-pod' },
  'a container has no name': { pod: { spec: { containers: [{}] } }, reason: 'malformed-pod' },
  'an annotation is a number': {
    pod: { metadata: { annotations: { 'havock8s.io/inject': 1 } }, spec: { containers: [{ name: 'a' }] } },
    reason: 'malformed-pod',
  },
};

for (const [name, { pod = aPod(), circumstances = {}, reason }] of Object.entries(cases)) {
  test(`a pod is left as it is when ${name}`, () => {
    const given = withoutUndefined(pod);
    const before = structuredClone(given);
    const admission = admitted(given, circumstances);
    assert.equal(admission.kind === 'skip' ? admission.reason : admission.kind, reason);
    assert.deepEqual(given, before);
  });
}

test('a pod is injected when its labels are chosen, and it says nothing itself', () => {
  const { annotations: _, ...metadata } = aPod({ labels: { app: 'pg', tier: 'db' } }).metadata;
  const pod = { ...aPod(), metadata };
  const podSelector = {
    matchLabels: { app: 'pg' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['db', 'cache'] },
      { key: 'skip', operator: 'DoesNotExist' },
    ],
  } as const;
  const { pod: after } = injected(pod, { config: { podSelector } });
  assert.deepEqual(Object.keys(after.metadata.annotations), ['havock8s.io/status']);
  const others = {
    ...podSelector,
    matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['db'] }],
  } as const;
  assert.equal(admitted(pod, { config: { podSelector: others } }).kind, 'skip');
});

test('offline, where nobody knows the version of the cluster, a pod is injected', () => {
  assert.equal(admitted(aPod(), { minor: null, by: 'hand' }).kind, 'inject');
});

test('the webhook leaves alone what was injected by hand, and by hand it can be done again', () => {
  const { pod } = injected(aPod(), { by: 'hand' });
  const again = admitted(pod);
  assert.equal(again.kind === 'skip' && again.reason, 'already-injected');
  assert.deepEqual(injected(pod, { by: 'hand' }).patch, []);
});

test('a status that was copied without its sidecars says nothing', () => {
  const { pod } = injected(aPod(), { by: 'hand' });
  const status = pod.metadata.annotations['havock8s.io/status'] ?? '';
  const { status: fresh } = injected(aPod({ annotations: { 'havock8s.io/status': status } }));
  assert.equal(fresh.by, 'webhook');
});

test('a status that somebody else wrote is not believed', () => {
  const { pod } = injected(aPod({ annotations: { 'havock8s.io/status': '{"by":"webhook"}' } }));
  assert.equal(JSON.parse(pod.metadata.annotations['havock8s.io/status'] ?? '').version, '1.2.3');
});

const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
