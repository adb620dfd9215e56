import assert from 'node:assert/strict';
import { test } from 'node:test';
import { podEvent } from '../../../webhook/events/pod-event.js';
import { admitOptions, aPod, type Circumstances, injected } from '../a-pod.js';

const owner = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'pg', uid: 'u-1', controller: true };

/** As it is stored: with a name, a uid and who made it. */
const stored = (pod: object, metadata: object = {}) => {
  const { metadata: own, ...rest } = pod as { metadata: object };
  return { metadata: { ...own, name: 'pg-0', uid: 'u-0', ownerReferences: [owner], ...metadata }, ...rest };
};

const told = (pod: unknown, circumstances: Circumstances = {}) => {
  const { context, config } = admitOptions(circumstances);
  return podEvent(pod, context, config);
};

test('the workload of a pod that was left out is told why', () => {
  const event = told(stored(aPod()), { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } });
  assert.equal(event?.reason, 'SidecarSkipped');
  assert.deepEqual(event.about, {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    name: 'pg',
    uid: 'u-1',
    namespace: 'databases',
  });
  assert.match(event.message, /Pod Security.*the level is restricted/);
});

test('a pod that could have been injected was created while nobody was asked, and that is told', () => {
  assert.match(told(stored(aPod()))?.message ?? '', /webhook was not asked, or did not answer in time/);
});

test('what was left alone of an injected pod is told; of one without remarks, nothing', () => {
  assert.equal(told(stored(injected(aPod()).pod)), null);
  const { pod } = injected(aPod({ annotations: { 'havock8s.io/ports': '5432,http' } }));
  const event = told(stored(pod));
  assert.equal(event?.reason, 'SidecarIncomplete');
  assert.match(event.message, /leaves http as it is: not a TCP port/);
});

test('a pod without a controller is told itself', () => {
  const pod = stored(aPod(), { ownerReferences: [{ ...owner, controller: false }] });
  assert.equal(told(pod, { minor: 28 })?.about.kind, 'Pod');
});

test('nobody is told of pods that were not asked for, are going, or are none', () => {
  const refused = aPod({ annotations: { 'havock8s.io/inject': 'false' } });
  assert.equal(told(stored(refused), { minor: 28 }), null);
  assert.equal(told(stored(aPod(), { annotations: {} })), null);
  assert.equal(told(stored(aPod(), { deletionTimestamp: '2026-01-01T00:00:00Z' })), null);
  for (const none of [null, 5, {}, { metadata: {} }, { spec: { containers: [] } }])
    assert.equal(told(none), null);
});
