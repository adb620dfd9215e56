import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExplainOptions, explain } from '../../faults/explain.js';
import { parse } from '../../faults/parse.js';
import { reference } from '../../faults/reference.js';

function explained(sentence: string, options?: ExplainOptions): string {
  const parsed = parse(sentence);
  assert.ok(parsed.kind === 'fault', sentence);
  return explain(parsed.fault, options);
}

/** `[sentence, paragraph]`. */
const rows: readonly (readonly [string, string])[] = [
  [
    'disk latency 200ms jitter 50ms on fsync in pg_wal/** chance 30% for 5m',
    'On every volume in paths that match pg_wal/**, fsync operations take 150ms to 250ms longer. Each matching operation is hit with a chance of 30%. It ends by itself 5m after the sidecar first saw it.',
  ],
  [
    'disk error EIO on read,write volume data every 100th first 3',
    'On volume data, read and write operations fail with EIO (the device failed to read or write). Every 100th matching operation is hit, only the first 3 of them. It ends by itself 10m (the default) after the sidecar first saw it.',
  ],
  [
    'disk full after 64Mi in "a b/**"',
    'On every volume in paths that match "a b/**", operations that use up space fail with ENOSPC (no space left on the device) once files have grown by 64Mi; freeing space frees quota. Every matching operation is hit. It ends by itself 10m (the default) after the sidecar first saw it.',
  ],
  [
    'disk freeze skip 10 once seed 3 until 2026-03-01T12:00:00Z',
    'On every volume, all operations hang until the fault ends, then go on as if nothing had been. The first 10 matching operations are let be; then only the next matching operation is hit. Its dice are fixed by seed 3. It ends by itself at 2026-03-01T12:00:00Z.',
  ],
  [
    'tcp partition from pg-1,10.0.7.0/24 for 2m',
    "On every port and protocol, for what comes in from pg-1 and 10.0.7.0/24, packets are dropped, of open connections too, which TCP heals when the fault ends. The pod's own node, its kubelet included, is spared. Every matching packet is hit. It ends by itself 2m after the sidecar first saw it.",
  ],
  [
    'tcp reset after 4Ki port 5432,6432 to app=web chance 5%',
    "On ports 5432 and 6432, for what goes out to pods with app=web, connections are reset on both sides when 4Ki has passed. The pod's own node, its kubelet included, is spared. Each matching connection is hit with a chance of 5%. It ends by itself 10m (the default) after the sidecar first saw it.",
  ],
  [
    'tcp loss 5% with node',
    "On every port and protocol, for what goes either way between here and the pod's own node, 5% of the packets are dropped. It ends by itself 10m (the default) after the sidecar first saw it.",
  ],
];

for (const [sentence, paragraph] of rows) {
  test(`explain() of: ${sentence}`, () => assert.equal(explained(sentence), paragraph));
}

test('explain() starts with the name of the fault', () => {
  assert.match(explained('disk freeze', { name: 'stall' }), /^stall: On every volume, all operations hang/);
});

test('explain() says when it ends, if it is armed now', () => {
  const nowMs = Date.UTC(2026, 2, 1, 12);
  assert.match(explained('disk freeze for 5m', { nowMs }), /; armed now, at 2026-03-01T12:05:00Z\.$/);
  assert.match(
    explained('disk freeze until 2026-03-01T12:05:00Z', { nowMs }),
    /at 2026-03-01T12:05:00Z, in 5m\.$/,
  );
  assert.match(
    explained('disk freeze until 2026-03-01T12:00:00Z', { nowMs }),
    /which has passed: it will do nothing\.$/,
  );
});

test('explain() says what chance is decided for, where it is TCP', () => {
  const unit = (sentence: string) =>
    /Each matching (\w+) is hit with a chance of 5%/.exec(explained(sentence))?.[1];
  for (const effect of ['reset', 'refuse', 'limit 1Mi', 'slow-close 1s', 'corrupt 1 bits']) {
    assert.equal(unit(`tcp ${effect} chance 5%`), 'connection', effect);
  }
  for (const effect of ['latency 5ms', 'slice 16B'])
    assert.equal(unit(`tcp ${effect} chance 5%`), 'chunk', effect);
  assert.equal(unit('tcp partition chance 5%'), 'packet');
});

test('explain() explains every example of the reference', () => {
  for (const { example } of [...reference.effects, ...reference.clauses]) {
    assert.match(explained(example), /^On .* It ends by itself .*\.$/);
  }
});
