/** What this machine has, and what its processes take of it, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';
import { HavocError } from '../../core/havoc-error.js';
import { hasProgram } from '../programs/installed.js';

/** What a bench runs; where `for` is given, only with that target. */
export interface Requirement {
  readonly program: string;
  readonly debianPackage: string;
  readonly for?: string;
}

/** All that is missing is told at once. */
export function requirePrograms(programs: readonly Requirement[], targets: readonly string[]): void {
  const missing = programs.filter(
    (one) => (!one.for || targets.includes(one.for)) && !hasProgram(one.program),
  );
  if (missing.length === 0) return;
  const packages = missing.map(({ debianPackage }) => debianPackage).join(' ');
  throw new HavocError(
    'bench.lacks',
    `missing ${missing.map(({ program }) => program).join(', ')}: apt-get install ${packages}`,
  );
}

export function requireRoot(why: string): void {
  if (process.getuid?.() !== 0) throw new HavocError('bench.lacks', `the bench ${why}: run it as root`);
}

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

/** How long a process has run on processors: all its threads that are still there. */
export function processorMs(pid: number): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks).reduce((sum, task) => sum + runMs(`${tasks}/${task}/schedstat`), 0);
}

/** The file's first number is in nanoseconds. */
const runMs = (file: string): number => Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6;
