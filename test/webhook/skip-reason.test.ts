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
  'it is not an object': { pod: [], reason: 'malformed-pod' },
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

const reasonOf = (pod: unknown): string => {
  const admission = admitted(pod);
  return admission.kind === 'skip' ? `${admission.reason} ${admission.detail}`.trim() : admission.kind;
};

test('a pod of which a container has the name of a sidecar is left alone: the API server would refuse two of them', () => {
  for (const name of ['havock8s-mount', 'havock8s-faults'])
    assert.equal(reasonOf(aPod({ container: { name } })), `name-taken ${name}`);
});

test('a pod that has no room for our status among its annotations is left alone, one byte less is injected', () => {
  const full = (bytes: number) => aPod({ annotations: { note: 'ü'.repeat(bytes / 2) } });
  const most = 256 * 1024;
  const { pod } = injected(aPod());
  const taken = Object.entries(pod.metadata.annotations)
    .map(([key, value]) => Buffer.byteLength(key) + Buffer.byteLength(value))
    .reduce((sum, bytes) => sum + bytes, Buffer.byteLength('note'));
  const room = most - taken - ((most - taken) % 2);
  assert.equal(reasonOf(full(room)), 'inject');
  assert.equal(reasonOf(full(room + 2)), 'annotations-full');
  assert.equal(reasonOf(full(most)), 'annotations-full');
});

test('garbage in an annotation of injection makes no status that is larger than the API server takes', () => {
  const garbage = Array.from({ length: 30_000 }, (_, index) => `x${index}`).join();
  for (const key of ['havock8s.io/ports', 'havock8s.io/volumes', 'havock8s.io/cpu']) {
    const { pod, status } = injected(
      aPod({ annotations: { [key]: garbage }, container: { ports: [{ containerPort: 1 }] } }),
      {},
    );
    assert.ok(status.left.length <= 64);
    assert.ok((pod.metadata.annotations['havock8s.io/status'] ?? '').length < 64 * 1024, key);
  }
});

const ourVolumes = ['havock8s-run', 'havock8s-pod', 'havock8s-served'];

for (const name of ourVolumes) {
  test(`a container of the author that mounts ${name} keeps the pod from being injected`, () => {
    const mount = { name, mountPath: '/theirs' };
    const data = { name: 'data', mountPath: '/data' };
    assert.equal(reasonOf(aPod({ container: { volumeMounts: [data, mount] } })), 'mounts-ours postgres');
    const init = { name: 'init', volumeMounts: [mount] };
    assert.equal(reasonOf(aPod({ initContainers: [init] })), 'mounts-ours init');
  });

  test(`a container that another injector added with a mount of ${name} is found at the second pass`, () => {
    const { pod } = injected(aPod());
    const theirs = { name: 'theirs', volumeMounts: [{ name, mountPath: '/theirs' }] };
    const changed = { ...pod, spec: { ...pod.spec, containers: [...pod.spec.containers, theirs] } };
    assert.equal(reasonOf(changed), 'mounts-ours theirs');
  });
}

test('a pod whose containers see each other’s processes is injected, with a warning that stays in its status', () => {
  const { status } = injected(aPod({ spec: { shareProcessNamespace: true } }));
  assert.deepEqual(status.left, [{ code: 'shared-processes', subject: 'shareProcessNamespace' }]);
  assert.deepEqual(injected(aPod({ spec: { shareProcessNamespace: false } })).status.left, []);
});

test('a claim that is mounted read-only everywhere is so in the sidecar; a sub path is made where it is not there', () => {
  const readOnlyIn = (...mounts: readonly object[]) => {
    const volumeMounts = mounts.map((mount, index) => ({ name: 'data', mountPath: `/${index}`, ...mount }));
    const { pod } = injected(aPod({ container: { volumeMounts } }));
    const backing = pod.spec.initContainers[1]?.volumeMounts.find(({ name }) => name === 'data');
    const isAsked = pod.spec.initContainers.every(({ args }) => args?.includes('--volume=data:ro'));
    assert.equal(backing?.['readOnly'] === true, isAsked);
    return isAsked;
  };
  assert.ok(readOnlyIn({ readOnly: true }));
  assert.ok(readOnlyIn({ readOnly: true }, { readOnly: true }));
  assert.ok(!readOnlyIn({ readOnly: true }, {}));
  assert.ok(!readOnlyIn({ readOnly: true, subPath: 'a' }));
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
