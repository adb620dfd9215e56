/** Reads what the programs say that measure. What is not understood, or tells of errors, is refused. */
import { HavocError } from '../../../core/havoc-error.js';

interface IperfReport {
  readonly error?: string;
  readonly end?: { readonly sum_received?: { readonly bits_per_second?: number } };
}

/** iperf3's JSON: what has arrived, not what was sent off, in bytes a second. */
export function parseIperf(output: string): number {
  const { error, end } = JSON.parse(output) as IperfReport;
  const rate = end?.sum_received?.bits_per_second;
  if (error !== undefined || rate === undefined) throw refused('iperf3 reported no rate', error ?? output);
  return rate / 8;
}

/** `redis-benchmark --csv` (7.0) of one command: a line of names, a line of values. */
export function parseRedisBenchmark(output: string) {
  const lines = output.split('\n').filter((line) => line.startsWith('"'));
  const [names = [], values = []] = lines.map((line) =>
    [...line.matchAll(/"([^"]*)"/g)].map(([, cell = '']) => cell),
  );
  const value = (name: string): number => {
    const number = Number(values[names.indexOf(name)] ?? Number.NaN);
    if (Number.isFinite(number)) return number;
    throw refused(`redis-benchmark reported no ${name}`, output);
  };
  return { perSecond: value('rps'), p50Ms: value('p50_latency_ms'), p99Ms: value('p99_latency_ms') };
}

/** Requests a second, of wrk; refused when not all of them went well. */
export function parseWrk(output: string): number {
  const trouble = output.match(/^ *(Socket errors|Non-2xx or 3xx responses): .*$/m)?.[0];
  if (trouble !== undefined) throw refused('wrk met trouble', trouble.trim());
  const rate = output.match(/^Requests\/sec: +([\d.]+)$/m)?.[1];
  if (rate === undefined) throw refused('wrk reported no rate', output);
  return Number(rate);
}

const refused = (what: string, output: string): HavocError =>
  new HavocError('bench.failed', `${what}: ${output.slice(0, 200)}`);
