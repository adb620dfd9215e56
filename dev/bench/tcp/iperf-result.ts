/** Reads the JSON iperf3 writes: what has arrived, not what was sent off. */
import { HavocError } from '../../../core/havoc-error.js';

interface IperfReport {
  readonly error?: string;
  readonly end?: { readonly sum_received?: { readonly bits_per_second?: number } };
}

/** In bytes a second. */
export function parseIperf(output: string): number {
  const { error, end } = JSON.parse(output) as IperfReport;
  const rate = end?.sum_received?.bits_per_second;
  if (error !== undefined || rate === undefined) {
    throw new HavocError('bench.failed', `iperf3 reported no rate: ${error ?? output.slice(0, 200)}`);
  }
  return rate / 8;
}
