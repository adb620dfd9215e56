/**
 * Runs commands as `runCli` does, one after another in one process that has loaded them: to start a process for each takes
 * longer than all that they do. For those that write, and end; that a process of its own ends so too, one test of each
 * command sees by `runCli`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { environment, type Ran, type RunOptions } from './run-cli.js';

const program = fileURLToPath(new URL('./ask-cli-main.js', import.meta.url));

export interface Asked {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

let server: ChildProcess | null = null;
let exited: Promise<unknown> | null = null;
let last: Promise<unknown> = Promise.resolve();
after(() => server?.disconnect());

export function askCli(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const asked: Asked = { args, env: environment(options), cwd: options.cwd ?? process.cwd() };
  const ran = last.then(() => answered(asked));
  last = ran.catch(() => {});
  return ran;
}

async function answered(asked: Asked): Promise<Ran> {
  server ??= fork(program, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  exited ??= once(server, 'exit');
  const gone = exited.then(() => {
    throw new Error(`havock8s ${asked.args.join(' ')}: the process ended`);
  });
  const answer = once(server, 'message');
  server.send(asked);
  const [ran] = (await Promise.race([answer, gone])) as [Ran];
  return ran;
}
