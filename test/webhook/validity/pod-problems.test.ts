import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podProblems, podSchema } from './pod-problems.js';
import { pruneSchema } from './prune-schema.js';
import { qosClass } from './quality-of-service.js';
import { rightPod, wrongPods } from './wrong-pods.js';

test('the schema is as pruning leaves it, and says nothing of what a pod does not have', () => {
  assert.deepEqual(pruneSchema(podSchema), podSchema);
  const padded = { definitions: { ...podSchema.definitions, 'io.k8s.api.core.v1.Node': {} } };
  assert.deepEqual(pruneSchema(padded), podSchema);
});

for (const { name, pod, problem } of wrongPods) {
  test(`${name} is a problem`, () => assert.match(podProblems(pod).join('\n'), problem));
}

test('a pod that has nothing wrong has no problem', () => assert.deepEqual(podProblems(rightPod), []));

test('a restartPolicy of an app container is a problem, though an API server only takes it away', () => {
  const pod = structuredClone(rightPod) as { spec: { containers: Record<string, unknown>[] } };
  Object.assign(pod.spec.containers[0]!, { restartPolicy: 'Always' });
  assert.match(podProblems(pod).join('\n'), /only an init container/);
});

test('the class of a pod is the one that Kubernetes computes', () => {
  const classOf = (resources: object, init: object = resources): string =>
    qosClass({
      spec: { containers: [{ name: 'a', resources }], initContainers: [{ name: 'b', resources: init }] },
    });
  const full = { cpu: '1', memory: '1Gi' };
  assert.equal(classOf({}), 'BestEffort');
  assert.equal(classOf({ requests: { cpu: '0' } }), 'BestEffort');
  assert.equal(classOf({ limits: full }), 'Guaranteed');
  assert.equal(classOf({ limits: full, requests: { cpu: '1000m', memory: '1024Mi' } }), 'Guaranteed');
  assert.equal(classOf({ limits: full }, {}), 'Burstable');
  assert.equal(classOf({ limits: { cpu: '1' } }), 'Burstable');
  assert.equal(classOf({ limits: full, requests: { cpu: '900m' } }), 'Burstable');
  assert.equal(
    qosClass({ spec: { resources: { limits: full }, containers: [{ name: 'a' }] } }),
    'Guaranteed',
  );
});
