import assert from 'node:assert/strict';
import { test } from 'node:test';
import { annotationLines } from '../../../../dev/demo/local/annotations.js';

test('annotations are written as the downward API writes them', () => {
  const sentences = new Map([['slow-wal', 'disk latency 60ms on fsync in pg_wal/**']]);
  assert.equal(
    annotationLines(sentences),
    'fault.havock8s.io/slow-wal="disk latency 60ms on fsync in pg_wal/**"\n',
  );
  assert.equal(annotationLines(new Map()), '');
});
