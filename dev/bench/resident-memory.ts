/** What a process occupies of the machine's memory, as the kernel counts it. */
import { readFileSync } from 'node:fs';
import { HavocError } from '../../core/havoc-error.js';

/** In KiB; NaN of no process. */
export function residentKiB(pid: number | undefined): number {
  if (pid === undefined) return Number.NaN;
  return Number(statusOf(pid).match(/^VmRSS:\s+(\d+) kB$/m)?.[1] ?? Number.NaN);
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch (error) {
    throw new HavocError('bench.failed', `process ${pid} has ended`, { cause: error });
  }
}
