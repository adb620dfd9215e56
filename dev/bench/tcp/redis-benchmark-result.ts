/** Reads what `redis-benchmark --csv` (7.0) writes of one command: a line of names, a line of values. */
import { HavocError } from '../../../core/havoc-error.js';

export interface RedisBenchmarkResult {
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function parseRedisBenchmark(output: string): RedisBenchmarkResult {
  const lines = output.split('\n').filter((line) => line.startsWith('"'));
  const [names = [], values = []] = lines.map(cells);
  const value = (name: string): number => {
    const number = Number(values[names.indexOf(name)] ?? Number.NaN);
    if (Number.isFinite(number)) return number;
    throw new HavocError('bench.failed', `redis-benchmark reported no ${name}: ${output.slice(0, 200)}`);
  };
  return {
    requestsPerSecond: value('rps'),
    p50Ms: value('p50_latency_ms'),
    p99Ms: value('p99_latency_ms'),
  };
}

const cells = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"/g)].map(([, cell = '']) => cell);
