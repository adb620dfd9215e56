import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictExitCode, verdicts } from '../../experiment/verdict.js';

test('only a pass ends with 0, each verdict with a code of its own, and none with that of a bad file', () => {
  const codes = verdicts.map(verdictExitCode);
  assert.deepEqual(codes, [0, 3, 4, 5, 1]);
});
