import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format } from '../../faults/format.js';
import { parse } from '../../faults/parse.js';

/** `[as written, canonical]`; without the second it is canonical already. */
const rows: readonly (readonly [string, string?])[] = [
  ['disk latency 200ms jitter 50ms on fsync in pg_wal/** chance 30% for 5m'],
  ['disk error EIO on read,write in base/** every 100th'],
  ['disk full after 64Mi volume data'],
  ['tcp partition from pg-1,10.0.7.0/24 for 2m'],
  ['tcp latency 80ms jitter 20ms port 5432 from app=web'],
  ['tcp reset after 4Ki port 5432 chance 5%'],
  ['  disk\n freeze ', 'disk freeze'],
  ['disk latency 90s', 'disk latency 1m30s'],
  ['disk latency 0.25ms', 'disk latency 250us'],
  ['disk latency 1ms jitter 0ms', 'disk latency 1ms'],
  ['disk error EWOULDBLOCK', 'disk error EAGAIN'],
  ['disk short 4096B', 'disk short 4Ki'],
  ['disk short 512B', 'disk short 512'],
  ['disk full after 1000000B', 'disk full after 1M'],
  ['disk full after 0Mi', 'disk full after 0B'],
  ['disk full after 1.5Gi', 'disk full after 1536Mi'],
  ['disk throttle 1024B/s', 'disk throttle 1Ki/s'],
  ['disk freeze chance 100% every 1st skip 0', 'disk freeze'],
  ['disk freeze first 1', 'disk freeze once'],
  ['disk freeze once every 3rd skip 2 chance 0.50%', 'disk freeze chance 0.5% skip 2 every 3rd once'],
  ['disk freeze for 0.5h', 'disk freeze for 30m'],
  ['disk freeze until 2026-03-01T14:30:00.000+02:30', 'disk freeze until 2026-03-01T12:00:00Z'],
  ['disk freeze seed 042', 'disk freeze seed 42'],
  ['disk freeze in "pg_wal/**"', 'disk freeze in pg_wal/**'],
  ['disk freeze in "a b"'],
  ['disk freeze in "for"'],
  ['disk freeze in "a\\u{A0}\\"\\\\*"'],
  ['disk freeze on fsync,read', 'disk freeze on read,fsync'],
  ['tcp reset after 0B', 'tcp reset'],
  ['tcp reset port 2,1', 'tcp reset port 1,2'],
  ['tcp partition from 0:0::1,FE80::1', 'tcp partition from ::1,fe80::1'],
  ['tcp partition from "for"'],
];

for (const [written, canonical = written] of rows) {
  test(`format() of ${JSON.stringify(written)}`, () => {
    const parsed = parse(written);
    assert.ok(parsed.kind === 'fault', JSON.stringify(parsed));
    assert.equal(format(parsed.fault), canonical);
  });
}
