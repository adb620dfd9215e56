/** The process of `askCli`: what is asked by a message is run, and answered by what it wrote and its exit code. */
import { runProgram } from '../../cli/run-program.js';
import type { Asked } from './ask-cli.js';
import type { Ran } from './run-cli.js';

// Some commands make sure that nothing holds their process when they are done.
process.exit = (() => {}) as typeof process.exit;
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));

process.on('message', async (asked: Asked) => {
  process.send?.(await ran(asked));
});

async function ran({ args, env, cwd }: Asked): Promise<Ran> {
  process.env = { ...env };
  process.chdir(cwd);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    process[name].write = (text: string | Uint8Array) => {
      said[name] += text;
      return true;
    };
  await runProgram([process.execPath, 'havock8s', ...args]);
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  return { code, signal: null, ...said };
}
