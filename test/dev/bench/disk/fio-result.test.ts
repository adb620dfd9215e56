import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFio } from '../../../../dev/bench/disk/fio-result.js';
import { transactionsPerSecond } from '../../../../dev/bench/disk/pgbench-work.js';

const job = {
  error: 0,
  read: { iops: 1000, bw_bytes: 4_194_304 },
  write: { iops: 0, bw_bytes: 0 },
  sync: { lat_ns: { percentile: { '50.000000': 115_200 } } },
};
const told = (...jobs: readonly unknown[]): string =>
  `fio: a warning first\n${JSON.stringify({ jobs }, null, 1)}`;

test('parseFio() reads rates and the median fsync below the warnings', () => {
  const { read, syncMicroseconds } = parseFio(told(job));
  assert.deepEqual(read, { iops: 1000, mibPerSecond: 4 });
  assert.equal(syncMicroseconds, 115.2);
});

test('parseFio() refuses a run that met an error, or more groups than one', () => {
  assert.throws(() => parseFio(told({ ...job, error: 5 })), { code: 'bench.failed' });
  assert.throws(() => parseFio(told(job, job)), { code: 'bench.failed' });
});

test('a work without fsyncs has no median of them', () => {
  assert.ok(Number.isNaN(parseFio(told({ ...job, sync: {} })).syncMicroseconds));
});

test("pgbench's rate is read, or its absence refused", () => {
  assert.equal(transactionsPerSecond('latency average = 3 ms\ntps = 2518.4 (without initial)\n'), 2518.4);
  assert.throws(() => transactionsPerSecond('connection refused'), { code: 'bench.failed' });
});
