/** Runs the programs the bench is made of, always bounded in time and ended by the one signal that ends the bench. */
import { execFile } from 'node:child_process';
import { HavocError } from '../../sidecar/havoc-error.js';

export interface CommandOptions {
  readonly signal?: AbortSignal;
  readonly uid?: number;
  readonly gid?: number;
  readonly timeoutMs?: number;
}

const longestMs = 300_000;
const longestOutput = 64 * 1024 * 1024;

/** Resolves to what the command wrote to its standard output. */
export function run(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { timeoutMs = longestMs, ...rest } = options;
  const settings = { ...rest, cwd: '/', timeout: timeoutMs, maxBuffer: longestOutput };
  return new Promise((resolve, reject) => {
    execFile(file, [...args], settings, (error, stdout, stderr) => {
      if (error) reject(failure(file, error, stderr || stdout));
      else resolve(stdout);
    });
  });
}

function failure(file: string, error: Error, output: string): HavocError {
  const lastWords = output.trim().split('\n').slice(-5).join('\n');
  return new HavocError('E_COMMAND', `${file} failed: ${lastWords || error.message}`, { cause: error });
}
