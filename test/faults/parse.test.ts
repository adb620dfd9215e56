import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../../faults/fault.js';
import { type Parsed, parse } from '../../faults/parse.js';

const always = { chance: 1, every: 1, skip: 0 };
const byDefault = { kind: 'default' };

const faults: readonly (readonly [string, unknown])[] = [
  [
    'disk latency 200ms jitter 50ms on fsync in pg_wal/** chance 30% for 5m',
    {
      plane: 'disk',
      effect: { kind: 'latency', delayMs: 200, jitterMs: 50 },
      match: { on: ['fsync'], in: 'pg_wal/**' },
      trigger: { chance: 0.3, every: 1, skip: 0 },
      deadline: { kind: 'for', ms: 300_000 },
    },
  ],
  [
    'disk error EIO on read,write in base/** every 100th',
    {
      plane: 'disk',
      effect: { kind: 'error', errno: 'EIO' },
      match: { on: ['read', 'write'], in: 'base/**' },
      trigger: { chance: 1, every: 100, skip: 0 },
      deadline: byDefault,
    },
  ],
  [
    'disk full after 64Mi volume data',
    {
      plane: 'disk',
      effect: { kind: 'full', afterBytes: 64 * 2 ** 20 },
      match: { volume: 'data' },
      trigger: always,
      deadline: byDefault,
    },
  ],
  [
    'tcp partition from pg-1,10.0.7.0/24 for 2m',
    {
      plane: 'tcp',
      effect: { kind: 'partition' },
      match: {
        from: [
          { kind: 'name', name: 'pg-1' },
          { kind: 'range', address: '10.0.7.0', prefixBits: 24 },
        ],
      },
      trigger: always,
      deadline: { kind: 'for', ms: 120_000 },
    },
  ],
  [
    'tcp latency 80ms jitter 20ms port 5432 from app=web',
    {
      plane: 'tcp',
      effect: { kind: 'latency', delayMs: 80, jitterMs: 20 },
      match: { ports: [5432], from: [{ kind: 'labels', key: 'app', value: 'web' }] },
      trigger: always,
      deadline: byDefault,
    },
  ],
  [
    'tcp reset after 4Ki port 5432 chance 5%',
    {
      plane: 'tcp',
      effect: { kind: 'reset', afterBytes: 4096, afterMs: 0 },
      match: { ports: [5432] },
      trigger: { chance: 0.05, every: 1, skip: 0 },
      deadline: byDefault,
    },
  ],
  [
    'disk error ENOTSUP once skip 3 seed 7 until 2026-03-01T13:00:00.25+01:00',
    {
      plane: 'disk',
      effect: { kind: 'error', errno: 'EOPNOTSUPP' },
      match: {},
      trigger: { chance: 1, every: 1, first: 1, skip: 3 },
      deadline: { kind: 'until', epochMs: Date.UTC(2026, 2, 1, 12, 0, 0, 250) },
      seed: 7,
    },
  ],
];

for (const [sentence, expected] of faults) {
  test(`parse() reads: ${sentence}`, () => {
    assert.deepEqual(parse(sentence), { kind: 'fault', fault: expected });
  });
}

/** `[effect, data]`: every form of every effect. */
const effects: readonly (readonly [string, Fault['effect']])[] = [
  ['disk latency 1m30s', { kind: 'latency', delayMs: 90_000, jitterMs: 0 }],
  ['disk latency 1.5s', { kind: 'latency', delayMs: 1500, jitterMs: 0 }],
  ['disk latency 250us', { kind: 'latency', delayMs: 0.25, jitterMs: 0 }],
  ['disk error ENOSPC', { kind: 'error', errno: 'ENOSPC' }],
  ['disk short 512', { kind: 'short', bytes: 512 }],
  ['disk short 4Ki', { kind: 'short', bytes: 4096 }],
  ['disk corrupt 3 bits', { kind: 'corrupt', bits: 3 }],
  ['disk full after 0B', { kind: 'full', afterBytes: 0 }],
  ['disk full after 1.5Gi', { kind: 'full', afterBytes: 1.5 * 2 ** 30 }],
  ['disk throttle 100 iops', { kind: 'throttle', unit: 'operations', perSecond: 100 }],
  ['disk throttle 10M/s', { kind: 'throttle', unit: 'bytes', perSecond: 10_000_000 }],
  ['disk freeze', { kind: 'freeze' }],
  ['disk readonly', { kind: 'readonly' }],
  ['tcp latency 5ms', { kind: 'latency', delayMs: 5, jitterMs: 0 }],
  ['tcp bandwidth 1Mi/s', { kind: 'bandwidth', bytesPerSecond: 2 ** 20, each: false }],
  ['tcp bandwidth 1Mi/s each', { kind: 'bandwidth', bytesPerSecond: 2 ** 20, each: true }],
  ['tcp reset', { kind: 'reset', afterBytes: 0, afterMs: 0 }],
  ['tcp reset after 0B', { kind: 'reset', afterBytes: 0, afterMs: 0 }],
  ['tcp reset after 1m30s', { kind: 'reset', afterBytes: 0, afterMs: 90_000 }],
  ['tcp reset after 10M', { kind: 'reset', afterBytes: 10_000_000, afterMs: 0 }],
  ['tcp reset after 1k', { kind: 'reset', afterBytes: 1000, afterMs: 0 }],
  ['tcp blackhole', { kind: 'blackhole', closeAfterMs: null }],
  ['tcp blackhole close after 5s', { kind: 'blackhole', closeAfterMs: 5000 }],
  ['tcp refuse', { kind: 'refuse' }],
  ['tcp partition', { kind: 'partition' }],
  ['tcp loss 0.5%', { kind: 'loss', chance: 0.005 }],
  ['tcp slice 16B', { kind: 'slice', bytes: 16 }],
  ['tcp slow-close 2s', { kind: 'slow-close', delayMs: 2000 }],
  ['tcp limit 1Mi', { kind: 'limit', bytes: 2 ** 20 }],
  ['tcp corrupt 1 bits', { kind: 'corrupt', bits: 1, tls: false }],
  ['tcp corrupt 1 bits tls', { kind: 'corrupt', bits: 1, tls: true }],
];

for (const [sentence, effect] of effects) {
  test(`parse() reads the effect of: ${sentence}`, () => {
    assert.deepEqual(faultOf(parse(sentence)).effect, effect);
  });
}

test('parse() takes spaces, tabs and line breaks between words, as YAML may leave them', () => {
  assert.deepEqual(parse('  disk\tfreeze \n for\r\n 5m\n'), parse('disk freeze for 5m'));
});

test('parse() takes clauses in any order', () => {
  assert.deepEqual(
    parse('disk latency 1s for 5m on fsync jitter 3ms'),
    parse('disk latency 1s jitter 3ms on fsync for 5m'),
  );
});

test('parse() reads quoted words with their escapes, so that any path can be named', () => {
  const sentence = 'disk freeze in "a b/\\"q\\"/\\\\*/\\u{1F600}\\n" volume "for"';
  assert.deepEqual(faultOf(parse(sentence)).match, { in: 'a b/"q"/\\*/\u{1F600}\n', volume: 'for' });
});

test('parse() brings operations and ports into one order', () => {
  assert.deepEqual(faultOf(parse('disk error EIO on rename,fsync,read')).match, {
    on: ['read', 'rename', 'fsync'],
  });
  assert.deepEqual(faultOf(parse('tcp reset port 6432,5432')).match, { ports: [5432, 6432] });
});

test('parse() spells an address in its one canonical way', () => {
  const { match } = faultOf(parse('tcp partition from FD00:0:0::00A,node,10.1.2.0/23'));
  assert.deepEqual(match, {
    from: [
      { kind: 'address', address: 'fd00::a' },
      { kind: 'node' },
      { kind: 'range', address: '10.1.2.0', prefixBits: 23 },
    ],
  });
});

test('parse() makes no fault of a sentence with any problem, however small', () => {
  for (const sentence of [
    'disk freeze on',
    'disk freeze for 5',
    'disk freeze in /x',
    'disk freeze on fsync,nothing',
  ]) {
    assert.equal(parse(sentence).kind, 'problems', sentence);
  }
});

function faultOf(parsed: Parsed): Fault {
  assert.ok(parsed.kind === 'fault', JSON.stringify(parsed));
  return parsed.fault;
}
