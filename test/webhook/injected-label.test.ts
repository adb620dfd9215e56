/** The label by which injected pods are selected, and whose it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uninject } from '../../webhook/uninject.js';
import { aPod, injected, patched } from './a-pod.js';

test('an injected pod can be selected by its label, which goes with the sidecars', () => {
  const pod = aPod({ labels: { app: 'pg' } });
  const { pod: after, status } = injected(pod);
  assert.deepEqual(after.metadata.labels, { app: 'pg', 'havock8s.io/injected': 'true' });
  assert.equal(status.labelled, true);
  assert.deepEqual(patched(after, uninject(after) ?? []), pod);
});

test('a label that its author set stays, since a selector may go by it, and is told where it says something else', () => {
  for (const value of ['true', 'false', '']) {
    const pod = aPod({ labels: { 'havock8s.io/injected': value } });
    const { pod: after, status, notes } = injected(pod);
    assert.deepEqual(after.metadata.labels, { 'havock8s.io/injected': value });
    assert.equal(status.labelled, undefined);
    assert.deepEqual(notes, value === 'true' ? [] : [{ code: 'label-taken', subject: value }]);
    assert.deepEqual(injected(after).patch, []);
    assert.deepEqual(patched(after, uninject(after) ?? []), pod);
  }
});

test('a label that another webhook changed after us is theirs from then on, and one that it removed is set again', () => {
  const { pod } = injected(aPod({ labels: { app: 'pg' } }));
  const changed = { ...pod, metadata: { ...pod.metadata, labels: { 'havock8s.io/injected': 'no' } } };
  const { pod: after, notes } = injected(changed);
  assert.equal(after.metadata.labels?.['havock8s.io/injected'], 'no');
  assert.deepEqual(notes, [{ code: 'label-taken', subject: 'no' }]);
  const removed = { ...pod, metadata: { ...pod.metadata, labels: { app: 'pg' } } };
  assert.deepEqual(injected(removed).pod, pod);
});

test('whether a pod is selected by its labels is judged without ours', () => {
  const podSelector = {
    matchExpressions: [{ key: 'havock8s.io/injected', operator: 'DoesNotExist' as const }],
  };
  const bare = { spec: { containers: [{ name: 'a', ports: [{ containerPort: 80 }] }] } };
  const { pod } = injected(bare, { config: { podSelector } });
  assert.deepEqual(injected(pod, { config: { podSelector } }).patch, []);
});
