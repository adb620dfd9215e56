/** Every problem that a sentence can have: its code, its column, what was found there and the way out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../faults/parse.js';
import type { ProblemCode } from '../../faults/problem.js';

/** `[sentence, column, found, nearest]`: the one problem of this code. */
type Row = readonly [sentence: string, column: number, found: string, nearest?: string];

/** All codes: one that is added and has no row here does not compile. */
const rows: Readonly<Record<ProblemCode, readonly Row[]>> = {
  'empty-sentence': [
    ['', 1, ''],
    [' \t\n', 4, ''],
  ],
  'sentence-too-long': [[`disk freeze in ${'a'.repeat(1010)}`, 1025, 'a']],
  'bad-quote': [
    ['disk freeze in "a b', 16, '"'],
    ['disk freeze in a"b', 16, 'a"b', '"a\\"b"'],
    ['disk freeze in "a"bc for 5m', 19, 'bc'],
  ],
  'bad-escape': [
    ['disk freeze in "a\\*b"', 18, '\\', '\\\\'],
    ['disk freeze in "\\u{110000}"', 17, '\\', '\\\\'],
  ],
  'invisible-character': [
    ['disk\u00a0freeze', 5, '\u00a0'],
    ['disk freeze\u200b', 12, '\u200b'],
    ['disk freeze in "\ud800"', 17, '\ud800'],
  ],
  'unknown-plane': [
    ['dsk freeze', 1, 'dsk', 'disk'],
    ['Disk freeze', 1, 'Disk', 'disk'],
    ['"disk" freeze', 1, '"disk"', 'disk'],
    ['freeze for 5m', 1, 'freeze', 'disk freeze'],
    ['partition from pg-1', 1, 'partition', 'tcp partition'],
    ['xyzzy freeze', 1, 'xyzzy'],
  ],
  'unknown-effect': [
    ['disk latancy 5ms', 6, 'latancy', 'latency'],
    ['disk delay 5ms', 6, 'delay', 'latency'],
    ['disk read-only', 6, 'read-only', 'readonly'],
    ['tcp drop', 5, 'drop', 'partition'],
    ['disk xyzzy 5 on fsync', 6, 'xyzzy'],
  ],
  'unknown-clause': [
    ['disk latency 5ms jiter 1ms', 18, 'jiter', 'jitter'],
    ['disk freeze In pg_wal', 13, 'In', 'in'],
    ['disk freeze xyzzy plugh on fsync', 13, 'xyzzy'],
  ],
  'unknown-operation': [
    ['disk error EIO on fsnyc', 19, 'fsnyc', 'fsync'],
    ['disk error EIO on read,fdatasync', 24, 'fdatasync', 'fsync'],
    ['disk error EIO on stat', 19, 'stat', 'getattr'],
    ['disk error EIO on READ', 19, 'READ', 'read'],
    ['disk error EIO on xyzzyx', 19, 'xyzzyx'],
  ],
  'unknown-errno': [
    ['disk error eio', 12, 'eio', 'EIO'],
    ['disk error ENOSPACE', 12, 'ENOSPACE', 'ENOSPC'],
    ['disk error EXYZZYX', 12, 'EXYZZYX'],
  ],
  'refused-errno': [['disk error ENOSYS', 12, 'ENOSYS', 'EOPNOTSUPP']],
  'unexpected-word': [
    ['disk freeze 5m', 13, '5m', 'for 5m'],
    ['disk error EIO fsync', 16, 'fsync', 'on fsync'],
    ['disk error EIO pg_wal/**', 16, 'pg_wal/**', 'in pg_wal/**'],
    ['tcp reset port 5432 30%', 21, '30%', 'chance 30%'],
    ['disk error EIO 100th', 16, '100th', 'every 100th'],
    ['disk corrupt 3 bit', 16, 'bit', 'bits'],
  ],
  'missing-word': [
    ['disk', 5, ''],
    ['disk latency', 13, ''],
    ['disk latency on fsync', 14, 'on'],
    ['disk error EIO on in base/**', 19, 'in'],
    ['disk full 64Mi', 11, '64Mi', 'after 64Mi'],
    ['tcp reset 4Ki', 11, '4Ki', 'after 4Ki'],
    ['disk throttle 100', 18, '', 'iops'],
    ['disk corrupt on read', 14, 'on'],
    ['disk freeze in', 15, ''],
  ],
  'bad-number': [
    ['disk latency fast', 14, 'fast'],
    ['disk latency -5ms', 14, '-5ms'],
    ['disk latency 30s1m', 14, '30s1m', '1m30s'],
    ['disk latency 1h1h', 14, '1h1h', '2h'],
    ['disk latency 1.5ns', 14, '1.5ns'],
    ['disk full after 0.3B', 17, '0.3B'],
    ['disk full after much', 17, 'much'],
    ['disk corrupt 3bits', 14, '3bits', '3 bits'],
    ['disk throttle 100iops', 15, '100iops', '100 iops'],
    ['disk freeze chance often', 20, 'often'],
    ['disk freeze every second', 19, 'second'],
    ['disk freeze every 2th', 19, '2th', '2nd'],
    ['disk freeze first 1.5', 19, '1.5'],
    ['tcp reset port https', 16, 'https'],
  ],
  'no-unit': [
    ['disk latency 200', 14, '200', '200ms'],
    ['disk latency 1m30', 14, '1m30', '1m30s'],
    ['disk full after 64', 17, '64', '64Mi'],
    ['tcp bandwidth 10', 15, '10', '10Mi/s'],
    ['disk freeze chance 30', 20, '30', '30%'],
    ['disk freeze chance 0.3', 20, '0.3', '30%'],
    ['disk freeze every 3', 19, '3', '3rd'],
    ['disk freeze for 5', 17, '5', '5ms'],
  ],
  'unknown-unit': [
    ['disk latency 5sec', 14, '5sec', '5s'],
    ['disk latency 5minutes', 14, '5minutes', '5m'],
    ['disk latency 5µs', 14, '5µs', '5us'],
    ['disk latency 5parsec', 14, '5parsec'],
    ['disk full after 64MB', 17, '64MB', '64M'],
    ['disk full after 64MiB', 17, '64MiB', '64Mi'],
    ['disk full after 64K', 17, '64K', '64k'],
    ['disk full after 64m', 17, '64m', '64M'],
    ['disk full after 64bytes', 17, '64bytes', '64B'],
    ['disk throttle 10Mi', 15, '10Mi', '10Mi/s'],
    ['tcp bandwidth 10Mi/min', 15, '10Mi/min', '10Mi/s'],
    ['tcp bandwidth 10MB/s', 15, '10MB/s', '10M/s'],
  ],
  'out-of-range': [
    ['disk latency 2h', 14, '2h', '1h'],
    ['disk latency 0ms', 14, '0ms', '1us'],
    ['disk freeze for 8d', 17, '8d', '7d'],
    ['disk freeze chance 0%', 20, '0%', '0.0001%'],
    ['disk freeze chance 101%', 20, '101%', '100%'],
    ['disk short 0', 12, '0', '1B'],
    ['disk corrupt 0 bits', 14, '0', '1'],
    ['disk full after 1Ei', 17, '1Ei', '1Pi'],
    ['disk freeze every 0th', 19, '0th', '1st'],
    ['disk freeze first 0', 19, '0', '1'],
    ['disk freeze seed 4294967296', 18, '4294967296', '4294967295'],
    ['tcp reset port 0', 16, '0', '1'],
    ['tcp reset port 5432,65536', 21, '65536', '65535'],
  ],
  'bad-time': [
    ['disk freeze until tomorrow', 19, 'tomorrow'],
    ['disk freeze until 2026-03-01T12:00:00', 19, '2026-03-01T12:00:00', '2026-03-01T12:00:00Z'],
    ['disk freeze until 2026-02-30T12:00:00Z', 19, '2026-02-30T12:00:00Z'],
    ['disk freeze until 2026-02-03T24:00:01Z', 19, '2026-02-03T24:00:01Z'],
    ['disk freeze until 1969-12-31T23:59:59Z', 19, '1969-12-31T23:59:59Z'],
  ],
  'bad-name': [
    ['disk freeze volume ""', 20, '""'],
    ['disk freeze volume a/b', 20, 'a/b'],
    ['tcp partition from PG-1', 20, 'PG-1', 'pg-1'],
    ['tcp partition from pg-1.', 20, 'pg-1.', 'pg-1'],
    ['tcp partition from pg_,b', 20, 'pg_'],
    ['tcp partition from app=', 20, 'app='],
    ['tcp partition from a/b/c=d', 20, 'a/b/c=d'],
  ],
  'bad-glob': [
    ['disk freeze in ""', 16, '""', '**'],
    ['disk freeze in /pg_wal', 16, '/pg_wal', 'pg_wal'],
    ['disk freeze in /', 16, '/'],
    ['disk freeze in pg_wal/', 16, 'pg_wal/', 'pg_wal/**'],
    ['disk freeze in a//b', 16, 'a//b'],
    ['disk freeze in ../b', 16, '../b'],
    ['disk freeze in ./b', 16, './b'],
    ['disk freeze in a**b', 16, 'a**b'],
    ['disk freeze in [a-z', 16, '[a-z'],
    ['disk freeze in []', 16, '[]'],
    ['disk freeze in [z-a]', 16, '[z-a]'],
    ['disk freeze in [a/b]', 16, '[a/b]'],
    ['disk freeze in [[:alpha:]]', 16, '[[:alpha:]]'],
    ['disk freeze in {a,b', 16, '{a,b'],
    ['disk freeze in a}', 16, 'a}'],
    ['disk freeze in {a}', 16, '{a}'],
    ['disk freeze in {1..5}', 16, '{1..5}'],
    ['disk freeze in {a,/b}', 16, '{a,/b}'],
    ['disk freeze in a\\', 16, 'a\\', 'a'],
    ['disk freeze in a\\/b', 16, 'a\\/b'],
    [`disk freeze in ${'{a,b}'.repeat(7)}`, 16, '{a,b}'.repeat(7)],
  ],
  'bad-address': [
    ['tcp partition from 10.0.0.256', 20, '10.0.0.256'],
    ['tcp partition from 10.0.1', 20, '10.0.1'],
    ['tcp partition from 10.0.0.01', 20, '10.0.0.01'],
    ['tcp partition from a,1::2::3', 22, '1::2::3'],
    ['tcp partition from fe80::1%eth0', 20, 'fe80::1%eth0'],
    ['tcp partition from ::ffff:10.0.0.1', 20, '::ffff:10.0.0.1', '10.0.0.1'],
    ['tcp partition from pg-1:5432', 20, 'pg-1:5432', 'pg-1'],
    ['tcp partition from 10.0.0.0/33', 20, '10.0.0.0/33', '10.0.0.0/32'],
    ['tcp partition from fd00::/129', 20, 'fd00::/129', 'fd00::/128'],
    ['tcp partition from pg-1/24', 20, 'pg-1/24'],
  ],
  'host-bits': [
    ['tcp partition from 10.0.7.1/24', 20, '10.0.7.1/24', '10.0.7.0/24'],
    ['tcp partition from fd00::1/8', 20, 'fd00::1/8', 'fd00::/8'],
  ],
  'empty-item': [
    ['disk error EIO on read,', 23, ','],
    ['disk error EIO on ,read', 19, ','],
    ['disk error EIO on read,,write', 23, ','],
  ],
  'space-in-list': [
    ['disk error EIO on read, write', 19, 'read, write', 'read,write'],
    ['tcp reset port 1 ,2', 16, '1 ,2', '1,2'],
    ['tcp reset port 1 , 2', 16, '1 , 2', '1,2'],
  ],
  'repeated-item': [
    ['disk error EIO on read,fsync,read', 30, 'read'],
    ['tcp partition from ::1,0::1', 24, '0::1'],
  ],
  'repeated-clause': [['disk freeze for 5m for 6m', 20, 'for']],
  contradiction: [
    ['disk freeze once first 3', 18, 'first'],
    ['disk freeze for 5m until 2026-03-01T12:00:00Z', 20, 'until'],
    ['tcp partition from a with b', 22, 'with'],
    ['tcp partition with b to a', 22, 'to'],
  ],
  'wrong-plane': [
    ['disk partition from pg-1', 6, 'partition'],
    ['tcp freeze in pg_wal', 5, 'freeze'],
    ['disk freeze port 5432', 13, 'port'],
    ['disk freeze from pg-1', 13, 'from'],
    ['tcp reset in pg_wal/**', 11, 'in'],
    ['tcp reset on read', 11, 'on'],
    ['tcp reset volume data', 11, 'volume'],
  ],
  'wrong-effect': [
    ['disk error EIO jitter 5ms', 16, 'jitter'],
    ['tcp loss 5% chance 5%', 13, 'chance'],
  ],
  'out-of-reach': [
    ['disk corrupt 1 bits on fsync', 24, 'fsync', 'read'],
    ['disk corrupt 1 bits on read,write', 29, 'write', 'read'],
    ['disk short 10 on mkdir', 18, 'mkdir', 'read'],
    ['disk short 10 on meta', 18, 'meta', 'read'],
    ['disk readonly on read', 18, 'read', 'write'],
    ['disk full after 1Mi on unlink', 24, 'unlink', 'write'],
    ['disk throttle 1Mi/s on fsync', 24, 'fsync', 'read'],
  ],
};

for (const [code, sentences] of Object.entries(rows)) {
  for (const [sentence, column, found, nearest] of sentences) {
    test(`parse() says ${code} at column ${column} of ${JSON.stringify(sentence.slice(0, 60))}`, () => {
      const parsed = parse(sentence);
      assert.ok(parsed.kind === 'problems');
      const [problem, ...others] = parsed.problems;
      assert.deepEqual(
        others.map((other) => other.message),
        [],
        'one mistake makes one problem',
      );
      assert.deepEqual(
        { code: problem?.code, column: problem?.column, found: problem?.found, nearest: problem?.nearest },
        { code, column, found, nearest },
        problem?.message,
      );
    });
  }
}

test('parse() finds every problem of a sentence at once, in the order of their columns', () => {
  const sentence =
    'dsk latancy 200 jittr 50 on fdatasync,wirte in /pg_wal/** in b chance 30 for 5m until tomorrow';
  const parsed = parse(sentence);
  assert.ok(parsed.kind === 'problems');
  assert.deepEqual(
    parsed.problems.map(({ code, column }) => [code, column]),
    [
      ['unknown-plane', 1],
      ['unknown-effect', 5],
      ['no-unit', 13],
      ['unknown-clause', 17],
      ['no-unit', 23],
      ['unknown-operation', 29],
      ['unknown-operation', 39],
      ['bad-glob', 48],
      ['repeated-clause', 59],
      ['no-unit', 71],
      ['contradiction', 81],
      ['bad-time', 87],
    ],
  );
});

test('a problem lists what is allowed where that is a list', () => {
  const allowed = (sentence: string): readonly string[] | undefined => {
    const parsed = parse(sentence);
    return parsed.kind === 'problems' ? parsed.problems[0]?.allowed : undefined;
  };
  assert.deepEqual(allowed('dsk freeze'), ['disk', 'tcp']);
  assert.ok(allowed('tcp latancy 5ms')?.includes('bandwidth'));
  assert.ok(!allowed('tcp latancy 5ms')?.includes('freeze'));
  assert.ok(!allowed('disk error EIO frm pg-1')?.includes('from'), 'only clauses of this plane');
  assert.ok(!allowed('disk error EIO xyzzy')?.includes('jitter'), 'only clauses that fit the effect');
  assert.deepEqual(allowed('disk corrupt 1 bits on fsync'), ['read', 'all']);
});
