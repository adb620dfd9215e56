/** Reads what wrk says at its end. */
import { HavocError } from '../../../core/havoc-error.js';

/** Requests a second; refused when not all of them went well. */
export function parseWrk(output: string): number {
  const trouble = output.match(/^ *(Socket errors|Non-2xx or 3xx responses): .*$/m)?.[0];
  if (trouble !== undefined) throw new HavocError('bench.failed', `wrk met trouble: ${trouble.trim()}`);
  const rate = output.match(/^Requests\/sec: +([\d.]+)$/m)?.[1];
  if (rate === undefined)
    throw new HavocError('bench.failed', `wrk reported no rate: ${output.slice(0, 200)}`);
  return Number(rate);
}
