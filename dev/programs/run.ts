/**
 * Runs a program to its end, always bounded in time and output. It leads a process group: Ctrl-C is ours to pass on, and
 * where it fails, all that it started ends with it.
 */
import { basename } from 'node:path';
import { ExecaError, execa } from 'execa';
import { HavocError } from '../../core/havoc-error.js';
import { searchPath } from './installed.js';

export interface ProgramOptions {
  /** As whom; as this process without it. */
  readonly user?: User;
  /** In place of this process's; PATH is there always. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
}

const longestMs = 300_000;
const mostCharacters = 64 * 2 ** 20;

/** Resolves to what it wrote to its standard output; rejects when it is gone. Not for who leaves Ctrl-C to the terminal. */
export async function run(
  file: string,
  args: readonly string[],
  { signal, ...options }: ProgramOptions & { readonly signal?: AbortSignal } = {},
): Promise<string> {
  signal?.throwIfAborted();
  const child = execa(file, args, {
    ...spawnOptions(options),
    stripFinalNewline: false,
    timeout: longestMs,
    maxBuffer: mostCharacters,
    ...(signal && { cancelSignal: signal }),
  });
  try {
    return (await child).stdout;
  } catch (error) {
    endGroup(child.pid);
    if (!(error instanceof ExecaError)) throw error;
    throw new HavocError(
      'program.failed',
      `${basename(file)} failed (${endOf(error)}): ${lastWords(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Of whatever is started here: nothing to read, no working directory that could be removed. */
export const spawnOptions = ({ user, env = process.env }: ProgramOptions) =>
  ({
    ...user,
    env: { ...env, PATH: searchPath() },
    extendEnv: false,
    cwd: '/',
    stdin: 'ignore',
    detached: true,
  }) as const;

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function endOf({ timedOut, isCanceled, isMaxBuffer, signal, exitCode, code }: ExecaError): string {
  if (timedOut) return 'took too long';
  if (isCanceled) return 'called off';
  if (isMaxBuffer) return 'wrote too much';
  return signal ?? (exitCode === undefined ? (code ?? 'not started') : `exit code ${exitCode}`);
}

const lastWords = ({ stderr, stdout, originalMessage }: ExecaError): string =>
  (String(stderr ?? '').trim() || String(stdout ?? '').trim() || originalMessage || 'without a word')
    .split('\n')
    .slice(-5)
    .join('\n');
