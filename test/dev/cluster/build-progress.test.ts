import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BuildProgress } from '../../../dev/cluster/build-progress.js';

const noted = (...lines: readonly string[]): BuildProgress => {
  const progress = new BuildProgress(['fmt', 'k8s.io/api/core/v1', 'k8s.io/kubernetes/cmd/kubelet']);
  for (const line of lines) progress.note(line);
  return progress;
};

test('before anything is compiled it says of how many', () => {
  assert.equal(noted().text, '0 of 3 packages compiled');
});

test('each package counts once, and the last is named', () => {
  assert.equal(
    noted('fmt', 'k8s.io/api/core/v1', 'k8s.io/api/core/v1').text,
    '2 of 3 packages compiled, k8s.io/api/core/v1',
  );
});

test('what is not a package is kept for whoever asks why it failed, the last lines of it', () => {
  const { said, text } = noted('# k8s.io/api/core/v1', 'types.go:1: no space left', 'fmt');
  assert.equal(said, '# k8s.io/api/core/v1\ntypes.go:1: no space left');
  assert.equal(text, '1 of 3 packages compiled, fmt');
  const many = noted(...Array.from({ length: 100 }, (_, index) => `line ${index}`)).said.split('\n');
  assert.deepEqual([many.length, many.at(-1)], [40, 'line 99']);
});
