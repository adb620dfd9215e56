/** A program of PostgreSQL's or of the system's, run to its end. */
import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { HavocError } from '../../../core/havoc-error.js';
import type { User } from './user.js';

export interface RunOptions {
  readonly user: User;
  readonly signal: AbortSignal;
}

const timeoutMs = 60_000;
const execute = promisify(execFile);

/** Rejects with the program's last words, and not before it is gone: what it works on can be removed then. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { user, signal }: RunOptions,
): Promise<void> {
  const env = { PATH: process.env['PATH'] };
  const running = execute(program, args, { ...user, cwd: '/', env, timeout: timeoutMs, signal });
  const { child } = running;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    await running;
  } catch (cause) {
    if (child.pid !== undefined) await gone;
    throw new HavocError('demo.failed', `${basename(program)} failed: ${lastWords(cause)}`, { cause });
  }
}

function lastWords(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const said = 'stderr' in cause ? String(cause.stderr).trim() : '';
  return said || cause.message;
}
