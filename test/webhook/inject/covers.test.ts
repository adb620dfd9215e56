import assert from 'node:assert/strict';
import { test } from 'node:test';
import { covers } from '../../../webhook/inject/covers.js';
import { aPod, injected } from '../a-pod.js';

test('fields beyond what is wanted are covered; what lacks, differs or is longer is not', () => {
  const wanted = { name: 'a', args: ['x'], probe: { periodSeconds: 1 } };
  assert.ok(covers({ ...wanted, probe: { periodSeconds: 1, successThreshold: 1 }, more: 1 }, wanted));
  assert.ok(!covers({ name: 'a', args: ['x'] }, wanted));
  assert.ok(!covers({ ...wanted, args: ['x', 'y'] }, wanted));
  assert.ok(!covers({ ...wanted, probe: { periodSeconds: 2 } }, wanted));
  assert.ok(!covers(null, wanted));
});

test('a quantity is covered by the same one as the API server spells it, and by no other', () => {
  assert.ok(covers({ cpu: '500m', memory: '1Gi' }, { cpu: '0.5', memory: '1024Mi' }));
  assert.ok(!covers({ cpu: '500m' }, { cpu: '0.6' }));
  assert.ok(!covers('much', 'more'));
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
