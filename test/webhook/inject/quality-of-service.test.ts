import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readQuantity } from '../../../webhook/inject/quantity.js';
import { aPod, injected } from '../a-pod.js';

const resourcesOf = (pod: unknown) =>
  Object.fromEntries(injected(pod).pod.spec.initContainers.map(({ name, resources }) => [name, resources]));

const withResources = (resources: unknown, annotations: Readonly<Record<string, string>> = {}) =>
  aPod({ annotations, container: { resources } });

const mebi = (count: number): number => count * 2 ** 20;

for (const [text, value] of [
  ['1', 1],
  ['500m', 0.5],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['1.', 1],
  ['64Mi', mebi(64)],
  ['1e3', 1000],
  ['1E3', 1000],
  ['1E', 1e18],
  ['2k', 2000],
  ['100u', 1e-4],
  [2, 2],
] as const) {
  test(`quantity ${JSON.stringify(text)} is ${value}`, () => assert.equal(readQuantity(text), value));
}

for (const text of ['', 'Mi', '1 Gi', '1KiB', '64mi', 'abc', '1ee3', null, undefined, {}, Number.NaN]) {
  test(`${JSON.stringify(text)} is not a quantity`, () => assert.equal(readQuantity(text), null));
}

test('small defaults, and no limit of the processor that would throttle every byte', () => {
  const found = resourcesOf(aPod());
  assert.deepEqual(found['havock8s-faults']?.limits, { memory: '448Mi' });
  assert.deepEqual(found['havock8s-mount']?.requests, { cpu: '5m', memory: '64Mi' });
});

test('a Guaranteed pod stays Guaranteed, however its quantities are written', () => {
  const found = resourcesOf(
    withResources({ requests: { cpu: '1000m', memory: '1Gi' }, limits: { cpu: 1, memory: '1024Mi' } }),
  );
  for (const resources of Object.values(found)) {
    assert.deepEqual(resources.requests, resources.limits);
    assert.deepEqual(Object.keys(resources.limits ?? {}), ['cpu', 'memory']);
  }
});

test('limits alone make a pod Guaranteed too', () => {
  const { limits, requests } =
    resourcesOf(withResources({ limits: { cpu: '1', memory: '1Gi' } }))['havock8s-faults'] ?? {};
  assert.deepEqual(requests, limits);
});

test('an init container without limits, or one limit that differs, makes a pod Burstable', () => {
  const full = { limits: { cpu: '1', memory: '1Gi' } };
  const pods = [
    aPod({ container: { resources: full }, initContainers: [{ name: 'prepare' }] }),
    withResources({ ...full, requests: { cpu: '500m' } }),
    withResources({ limits: { cpu: '1' } }),
    withResources({ limits: { cpu: '0', memory: '0' } }),
  ];
  for (const pod of pods) {
    const { limits, requests } = resourcesOf(pod)['havock8s-faults'] ?? {};
    assert.notDeepEqual(requests, limits);
  }
});

test('where every container has a limit of the processor ours has one too, since a quota may ask for it', () => {
  const found = resourcesOf(withResources({ requests: { cpu: '10m' }, limits: { cpu: '1' } }));
  assert.deepEqual(found['havock8s-faults']?.limits, { cpu: '1', memory: '448Mi' });
});

test('within resources of the pod as a whole ours have none of their own', () => {
  const pod = aPod({ spec: { resources: { limits: { cpu: '1', memory: '1Gi' } } } });
  assert.deepEqual(Object.values(resourcesOf(pod)), [{}, {}]);
});

test('annotations set what the fault proxies get; no limit is below its request, and nonsense is told', () => {
  const annotations = {
    'havock8s.io/cpu': '2',
    'havock8s.io/cpu-limit': '1',
    'havock8s.io/memory': '1Gi',
    'havock8s.io/memory-limit': 'lots',
  };
  const { pod, notes } = injected(aPod({ annotations }));
  const faults = pod.spec.initContainers.find(({ name }) => name === 'havock8s-faults');
  assert.deepEqual(faults?.resources, {
    requests: { cpu: '2', memory: '1Gi' },
    limits: { cpu: '2', memory: '1Gi' },
  });
  assert.deepEqual(notes, [{ code: 'bad-quantity', subject: 'havock8s.io/memory-limit=lots' }]);
});

test('each volume that is served adds to what the fault proxies get, and to nothing of the holder', () => {
  const names = ['a', 'b', 'c'];
  const pod = aPod({
    container: { volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) },
    volumes: names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  });
  const found = resourcesOf(pod);
  assert.equal(found['havock8s-faults']?.requests?.['memory'], '320Mi');
  assert.equal(found['havock8s-faults']?.limits?.['memory'], '576Mi');
  assert.equal(found['havock8s-mount']?.requests?.['memory'], '64Mi');
});
