import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartOf, standbyPauseMs } from '../../../sidecar/supervise/restart-policy.js';

const pauses = (servedAgoMs: number | null, tries: number): (number | string)[] =>
  Array.from({ length: tries }, (_, index) => {
    const restart = restartOf({ stillbirths: index + 1, servedAgoMs });
    return restart.kind === 'after' ? restart.pauseMs : restart.kind;
  });

test('what never served is tried three times, at once', () => {
  assert.deepEqual(pauses(null, 4), [0, 0, 'give up', 'give up']);
});

test('what served a moment ago is started again for good, with pauses that grow up to a bound', () => {
  assert.deepEqual(pauses(1000, 12), [0, 0, 0, 25, 50, 100, 200, 200, 200, 200, 200, 200]);
});

test('what last served long ago is given up after ten tries, and it is said why', () => {
  assert.deepEqual(pauses(30_001, 12).slice(8), [200, 200, 'give up', 'give up']);
  const end = restartOf({ stillbirths: 11, servedAgoMs: 30_001 });
  assert.equal(
    end.kind === 'give up' && end.why,
    'the fault proxy ended 11 times before it served: giving up',
  );
});

test('one that stands by is started again after a second, and ever more slowly up to a minute', () => {
  assert.deepEqual(
    [1, 2, 3, 6, 7, 8, 2000].map(standbyPauseMs),
    [1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000],
  );
});
