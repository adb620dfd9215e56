/** One command, waited for. */
import { spawnSync } from 'node:child_process';
import type { Ran } from './sidecar/mounted/databases/run-program.js';

export function runCommand([program = '', ...args]: readonly string[], timeoutMs: number): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: timeoutMs });
  return { code: status, stdout, stderr };
}

/** What it wrote. Fails when it did, and names the command as its caller knows it. */
export function outputOf({ code, stdout, stderr }: Ran, command: readonly string[]): string {
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr || stdout}`);
  return stdout;
}
