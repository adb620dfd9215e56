/** One annotation among those of a pod, as the kubelet writes them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneAnnotation } from '../../../sidecar/registry/annotations/one-annotation.js';

const key = 'havock8s.io/ledger-run';

test('its value is found among others, however the kubelet quotes it', () => {
  const text = 'a="1"\nhavock8s.io/ledger-run="{\\"run\\":\\"x\\"}"\nz="2"';
  assert.deepEqual(oneAnnotation(text, key), { kind: 'value', value: '{"run":"x"}' });
});

test('another whose name begins alike is another, and a torn line says nothing', () => {
  assert.deepEqual(oneAnnotation('havock8s.io/ledger-run-2="x"\n', key), { kind: 'absent' });
  assert.deepEqual(oneAnnotation('', key), { kind: 'absent' });
  assert.deepEqual(oneAnnotation('havock8s.io/ledger-run="{\\"ru', key), { kind: 'torn' });
});
