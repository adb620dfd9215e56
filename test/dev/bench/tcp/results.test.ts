import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIperf } from '../../../../dev/bench/tcp/iperf-result.js';
import { parseRedisBenchmark } from '../../../../dev/bench/tcp/redis-benchmark-result.js';
import { parseWrk } from '../../../../dev/bench/tcp/wrk-result.js';

test("iperf3's rate is what has arrived, in bytes a second", () => {
  const report = {
    start: { version: 'iperf 3.12' },
    intervals: [],
    end: { sum_sent: { bits_per_second: 9e9 }, sum_received: { bits_per_second: 8e9 } },
  };
  assert.equal(parseIperf(JSON.stringify(report, null, 1)), 1e9);
});

test('iperf3 that met an error, or was ended before it was through, has no rate', () => {
  for (const report of [{ end: {} }, {}, { error: 'unable to connect', end: {} }]) {
    assert.throws(() => parseIperf(JSON.stringify(report)), { code: 'bench.failed' });
  }
});

const names = [
  'test',
  'rps',
  'avg_latency_ms',
  'min_latency_ms',
  'p50_latency_ms',
  'p95_latency_ms',
  'p99_latency_ms',
  'max_latency_ms',
];
const csv = (...cells: readonly string[]): string => `${cells.map((cell) => `"${cell}"`).join(',')}\n`;

test("redis-benchmark's values are found by their names", () => {
  const values = csv('GET', '66666.66', '0.411', '0.120', '0.415', '0.487', '0.711', '1.295');
  assert.deepEqual(parseRedisBenchmark(csv(...names) + values), {
    requestsPerSecond: 66_666.66,
    p50Ms: 0.415,
    p99Ms: 0.711,
  });
});

test('redis-benchmark without a line of values, or of an age without latencies, is refused', () => {
  for (const output of ['', csv(...names), csv('GET', '66666.66')]) {
    assert.throws(() => parseRedisBenchmark(output), { code: 'bench.failed' });
  }
});

const wrk = (trouble: string): string => `Running 1s test @ http://10.77.0.2:8080/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   695.09us  250.34us   4.46ms   91.13%
  24364 requests in 1.10s, 2.23MB read
${trouble}Requests/sec:  22182.03
Transfer/sec:      2.03MB
`;

test("wrk's rate is read", () => {
  assert.equal(parseWrk(wrk('')), 22_182.03);
});

test('wrk that met errors, or did not get to its end, has no rate', () => {
  for (const output of [
    wrk('  Socket errors: connect 0, read 3, write 0, timeout 0\n'),
    wrk('  Non-2xx or 3xx responses: 12\n'),
    'unable to connect to 10.77.0.2:8080 Connection refused',
  ]) {
    assert.throws(() => parseWrk(output), { code: 'bench.failed' });
  }
});
