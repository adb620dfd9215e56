/** A program of this machine, without a shell. Whatever it leaves running in its group is killed with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ExecSubject } from '../file/probe-kinds.js';
import type { Ask } from './answer.js';

/** Of each of its outputs; what is longer is cut. */
const mostCharacters = 16 * 1024;

export const askExec: Ask<ExecSubject> = async ({ command }, { signal, variables }) => {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...variables },
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      said[stream] = (said[stream] + text).slice(0, mostCharacters);
    });
  try {
    const [code, by] = (await once(child, 'close', { signal })) as [number | null, string | null];
    const how = code === null ? `ended by ${by}` : `exit code ${code}`;
    const words = (code === 0 ? said.stdout : said.stderr || said.stdout).trim().split('\n', 1)[0] ?? '';
    const seen = words === '' ? how : `${how}: ${words.slice(0, 200)}`;
    return { kind: 'values', values: { exitCode: BigInt(code ?? -1), ...said }, seen };
  } finally {
    endGroup(child.pid);
  }
};

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it is gone.
  }
}
