/** What the programs that measure say, and when it is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFio } from '../../../dev/bench/disk/fio.js';
import { transactionsPerSecond } from '../../../dev/bench/disk/pgbench.js';
import { parseIperf, parseRedisBenchmark, parseWrk } from '../../../dev/bench/tcp/outputs.js';

const failed = { code: 'bench.failed' };

const job = {
  error: 0,
  read: { iops: 1000, bw_bytes: 4_194_304 },
  write: { iops: 0, bw_bytes: 0 },
  sync: { lat_ns: { percentile: { '50.000000': 115_200 } } },
};
const fio = (...jobs: readonly unknown[]): string =>
  `fio: a warning first\n${JSON.stringify({ jobs }, null, 1)}`;

test('fio: rates and the median fsync are read below the warnings', () => {
  const { read, syncMicroseconds } = parseFio(fio(job));
  assert.deepEqual(read, { iops: 1000, mibPerSecond: 4 });
  assert.equal(syncMicroseconds, 115.2);
  assert.ok(Number.isNaN(parseFio(fio({ ...job, sync: {} })).syncMicroseconds));
});

test('fio: a run that met an error, or more groups than one, is refused', () => {
  assert.throws(() => parseFio(fio({ ...job, error: 5 })), failed);
  assert.throws(() => parseFio(fio(job, job)), failed);
});

test("pgbench's rate is read, or its absence refused", () => {
  assert.equal(transactionsPerSecond('latency average = 3 ms\ntps = 2518.4 (without initial)\n'), 2518.4);
  assert.throws(() => transactionsPerSecond('connection refused'), failed);
});

test("iperf3's rate is what has arrived, in bytes a second", () => {
  const report = {
    start: { version: 'iperf 3.12' },
    intervals: [],
    end: { sum_sent: { bits_per_second: 9e9 }, sum_received: { bits_per_second: 8e9 } },
  };
  assert.equal(parseIperf(JSON.stringify(report, null, 1)), 1e9);
});

test('iperf3 that met an error, or was ended before it was through, has no rate', () => {
  for (const report of [{ end: {} }, {}, { error: 'unable to connect', end: {} }])
    assert.throws(() => parseIperf(JSON.stringify(report)), failed);
});

const names =
  '"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"\n';

test("redis-benchmark's values are found by their names", () => {
  const values = '"GET","66666.66","0.411","0.120","0.415","0.487","0.711","1.295"\n';
  assert.deepEqual(parseRedisBenchmark(names + values), { perSecond: 66_666.66, p50Ms: 0.415, p99Ms: 0.711 });
});

test('redis-benchmark without a line of values, or of an age without latencies, is refused', () => {
  for (const output of ['', names, '"GET","66666.66"\n'])
    assert.throws(() => parseRedisBenchmark(output), failed);
});

const wrk = (trouble: string): string => `Running 1s test @ http://10.77.0.2:8080/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   695.09us  250.34us   4.46ms   91.13%
  24364 requests in 1.10s, 2.23MB read
${trouble}Requests/sec:  22182.03
Transfer/sec:      2.03MB
`;

test("wrk's rate is read", () => assert.equal(parseWrk(wrk('')), 22_182.03));

test('wrk that met errors, or did not get to its end, has no rate', () => {
  for (const output of [
    wrk('  Socket errors: connect 0, read 3, write 0, timeout 0\n'),
    wrk('  Non-2xx or 3xx responses: 12\n'),
    'unable to connect to 10.77.0.2:8080 Connection refused',
  ]) {
    assert.throws(() => parseWrk(output), failed);
  }
});
