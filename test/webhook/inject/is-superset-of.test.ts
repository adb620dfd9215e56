import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSupersetOf } from '../../../webhook/inject/is-superset-of.js';
import { aPod, injected } from '../a-pod.js';

test('defaults of the API server are covered; what lacks, differs, is longer or is anything more is not', () => {
  const wanted = { name: 'a', args: ['x'], probe: { periodSeconds: 1 } };
  const probed = { name: 'a', startupProbe: { periodSeconds: 1 } };
  assert.ok(isSupersetOf({ ...probed, startupProbe: { periodSeconds: 1, successThreshold: 1 } }, probed));
  assert.ok(isSupersetOf({ ...wanted, terminationMessagePolicy: 'File', env: [], command: null }, wanted));
  assert.ok(!isSupersetOf({ ...wanted, terminationMessagePolicy: 'FallbackToLogsOnError' }, wanted));
  assert.ok(!isSupersetOf({ ...wanted, more: 1 }, wanted));
  assert.ok(!isSupersetOf({ ...wanted, probe: { periodSeconds: 1, exec: {} } }, wanted));
  assert.ok(!isSupersetOf({ name: 'a', args: ['x'] }, wanted));
  assert.ok(!isSupersetOf({ ...wanted, args: ['x', 'y'] }, wanted));
  assert.ok(!isSupersetOf({ ...wanted, probe: { periodSeconds: 2 } }, wanted));
  assert.ok(!isSupersetOf(null, wanted));
});

test('a quantity is covered by the same one as the API server spells it, and by no other', () => {
  assert.ok(isSupersetOf({ cpu: '500m', memory: '1Gi' }, { cpu: '0.5', memory: '1024Mi' }));
  assert.ok(!isSupersetOf({ cpu: '500m' }, { cpu: '0.6' }));
  assert.ok(!isSupersetOf('much', 'more'));
});

test('a second pass changes nothing after the API server has spelled quantities and left out empty paths', () => {
  const pod = (container: Record<string, unknown>) =>
    aPod({ annotations: { 'havock8s.io/cpu': '0.3', 'havock8s.io/memory': '1024Mi' }, container });
  const { pod: after } = injected(
    pod({ volumeMounts: [{ name: 'data', mountPath: '/data', subPathExpr: '' }] }),
  );
  const spelled = JSON.parse(
    JSON.stringify(after)
      .replaceAll('"cpu":"0.3"', '"cpu":"300m"')
      .replaceAll('"memory":"1024Mi"', '"memory":"1Gi"')
      .replaceAll(/"subPathExpr":"",?/g, ''),
  ) as unknown;
  assert.notDeepEqual(spelled, after);
  assert.deepEqual(injected(spelled).patch, []);
});

/** What somebody would write into a container of ours who wants its rights: a command, or a way to one. */
const forged: Readonly<Record<string, object>> = {
  'a command': { command: ['/bin/sh', '-c', 'true'] },
  'an environment': { env: [{ name: 'NODE_OPTIONS', value: '--require=/data/x.js' }] },
  'an environment from elsewhere': { envFrom: [{ configMapRef: { name: 'x' } }] },
  'a hook at the start': { lifecycle: { postStart: { exec: { command: ['/data/x'] } } } },
  'a liveness probe': { livenessProbe: { exec: { command: ['/data/x'] } } },
  'a readiness probe': { readinessProbe: { exec: { command: ['/data/x'] } } },
  'another startup probe': { startupProbe: { exec: { command: ['/data/x'] } } },
  'another image': { image: 'theirs:1' },
  'a block device': { volumeDevices: [{ name: 'data', devicePath: '/dev/raw' }] },
  'a working directory': { workingDir: '/data' },
  'another directory mounted': { volumeMounts: [{ name: 'data', mountPath: '/opt/havock8s' }] },
  'all rights': { securityContext: { privileged: true } },
  'a claim of devices': { resources: { claims: [{ name: 'gpu' }] } },
  'a terminal': { stdin: true, tty: true },
  'what Kubernetes does not have yet': { future: { exec: [] } },
};

for (const [what, fields] of Object.entries(forged)) {
  test(`a sidecar that was submitted with ${what} is replaced by ours`, () => {
    const { pod } = injected(aPod());
    for (const index of [0, 1]) {
      const list = pod.spec.initContainers.map((container, at) =>
        at === index ? { ...container, ...fields } : container,
      );
      const again = injected({ ...pod, spec: { ...pod.spec, initContainers: list } });
      assert.deepEqual(again.pod, pod, pod.spec.initContainers[index]?.name);
      assert.equal(again.patch.length, 1);
    }
  });
}

test('what the API server and a LimitRange add to a sidecar is left there', () => {
  const { pod } = injected(aPod());
  const initContainers = pod.spec.initContainers.map((container) => ({
    ...container,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    startupProbe: { ...(container as { startupProbe?: object }).startupProbe, successThreshold: 1 },
    resources: { ...container.resources, limits: { ...container.resources.limits, cpu: '2' } },
  }));
  assert.deepEqual(injected({ ...pod, spec: { ...pod.spec, initContainers } }).patch, []);
});
