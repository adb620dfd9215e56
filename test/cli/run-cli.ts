/** Runs the real command as a person's shell would, and ends it with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { shipped } from '../shipped.js';
import { lastFirst } from './last-first.js';

export const program = shipped('cli/main');

/** For one thing to happen; many tests share the machine. */
const patienceMs = 120_000;

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

export async function runCli(
  t: TestContext,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  return spawnCli(t, args, options).ended;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Resolves with the first match in what it writes, on either stream; rejects when it ends without, or takes too long. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
}

export function spawnCli(t: TestContext, args: readonly string[], options: RunOptions = {}): Running {
  return spawnProgram(t, [process.execPath, program, ...args], options);
}

/**
 * In a session of its own: what it does must not hang on the terminal that the tests are run from. It is asked to
 * end when the tests are killed.
 */
export function spawnProgram(t: TestContext, words: readonly string[], options: RunOptions = {}): Running {
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', '--', ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment(options),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  lastFirst(t, () => endKindly(child, ended));
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(output.stdout) ?? pattern.exec(output.stderr);
        if (match !== null) resolve(match);
      };
      listeners.add(look);
      look();
      const unsaid = () => reject(new Error(`never said ${pattern}: ${JSON.stringify(output)}`));
      ended.then(unsaid, unsaid);
      setTimeout(unsaid, patienceMs).unref();
    });
  return { child, ended, says };
}

/** That of the tests, but for what a person may have set for themselves. */
export function environment({ env }: RunOptions): NodeJS.ProcessEnv {
  const { NO_COLOR: _, HAVOCK8S_CONTROL: __, ...inherited } = process.env;
  return { ...inherited, ...env };
}

async function endKindly(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await ended.catch(() => {});
  clearTimeout(timer);
}

/** The one error document that a command wrote in `--output json`. */
export function errorOf({ stderr }: Ran): {
  readonly code: string;
  readonly message?: string;
  readonly problems?: readonly unknown[];
} {
  return JSON.parse(stderr).error;
}
