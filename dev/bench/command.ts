/**
 * Runs the programs the bench is made of, always bounded in time and ended by the one signal that ends the
 * bench. Each leads a process group, so that its end is the end of all it started: fio's jobs outlive fio.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { HavocError } from '../../core/havoc-error.js';
import { programEnvironment } from './programs.js';

export interface CommandOptions {
  readonly signal?: AbortSignal;
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: NodeJS.ProcessEnv;
}

const longestMs = 300_000;

/** Resolves to what the command wrote to its standard output. */
export async function run(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { signal, env, ...user } = options;
  signal?.throwIfAborted();
  const child = spawn(file, [...args], {
    ...user,
    env: { ...programEnvironment(), ...env },
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const end = (): void => endGroup(child);
  const timer = setTimeout(end, longestMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const [[code, killedBy], output, complaint] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    if (code !== 0) throw failure(file, killedBy ?? `exit code ${code}`, complaint || output);
    return output;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

/** Of a child that was started with `detached`. */
export function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function failure(file: string, end: string, output: string): HavocError {
  const lastWords = output.trim().split('\n').slice(-5).join('\n');
  return new HavocError('bench.failed', `${file} failed (${end}): ${lastWords}`);
}
