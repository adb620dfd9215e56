import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localTimeline } from '../../../../dev/demo/local/acts.js';
import { annotationLines } from '../../../../dev/demo/local/annotations.js';
import { parse } from '../../../../faults/parse.js';

const { acts, seconds } = localTimeline({ tableFile: 'base/5/16402', replicaPort: 41_234 });

test('annotations are written as the downward API writes them', () => {
  const sentences = new Map([['slow-wal', 'disk latency 60ms on fsync in pg_wal/**']]);
  assert.equal(
    annotationLines(sentences),
    'fault.havock8s.io/slow-wal="disk latency 60ms on fsync in pg_wal/**"\n',
  );
  assert.equal(annotationLines(new Map()), '');
});

test('every sentence of the timeline is a fault', () => {
  for (const { deed } of acts) {
    if (deed.kind === 'fault' || deed.kind === 'cut-off')
      assert.equal(parse(deed.sentence).kind, 'fault', deed.sentence);
  }
});

test('the acts follow each other with calm between them, and the demo takes under two minutes', () => {
  for (const [index, { fromS, toS }] of acts.entries()) {
    assert.ok(fromS < toS);
    assert.ok(toS + 3 <= (acts[index + 1]?.fromS ?? seconds));
  }
  assert.ok(seconds <= 90);
});
