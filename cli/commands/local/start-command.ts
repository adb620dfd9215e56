/** Starts COMMAND: on our terminal, as who it is to be, without any right that havock8s has for itself. */
import { type StdioOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';
import { HavocError } from '../../../core/havoc-error.js';
import { controlVariable } from '../../client/control-url.js';
import { exitCode } from '../../exit-code.js';
import type { Account } from './account.js';
import { namespaceVariable } from './namespace.js';

export interface CommandOptions {
  readonly command: readonly string[];
  readonly account: Account | null;
  readonly controlUrl: string;
  readonly env: NodeJS.ProcessEnv;
  /** Beside ours. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Where COMMAND reads and writes: on our terminal, where nothing is said. */
  readonly stdio?: StdioOptions;
  /** Each line of what it writes, where `stdio` has pipes for it. */
  readonly onLine?: (line: string) => void;
  /** In a process group of its own, which `kill` reaches as a whole: what COMMAND left running, too. */
  readonly ownGroup?: boolean;
  /** Rights that came with the namespace are not COMMAND's. */
  readonly dropCapabilities: boolean;
}

export interface RunningCommand {
  readonly pid: number;
  /** Its exit code; 128 and the signal's number when a signal ended it. Rejects with `command.not-started`. */
  readonly ended: Promise<number>;
  kill(signal: NodeJS.Signals): void;
  /** Is anybody left of its group? */
  isLeft(): boolean;
}

/** setpriv(1) replaces itself by COMMAND, so that its pid, its exit code and its signals are COMMAND's. */
export function startCommand(options: CommandOptions): RunningCommand {
  const child = spawn('setpriv', [...privileges(options), '--', ...options.command], {
    stdio: options.stdio ?? 'inherit',
    env: environment(options),
    detached: options.ownGroup ?? false,
  });
  for (const output of [child.stdout, child.stderr]) {
    if (output !== null && options.onLine) createInterface({ input: output }).on('line', options.onLine);
  }
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new HavocError('command.not-started', `cannot start COMMAND by setpriv: ${cause.message}`, { cause }),
      ),
    );
    child.once('exit', (code, signal) =>
      resolve(code ?? exitCode.signalled + (signal === null ? 0 : constants.signals[signal])),
    );
  });
  const kill = (signal: NodeJS.Signals): void => {
    if (options.ownGroup) killGroup(child.pid, signal);
    else child.kill(signal);
  };
  return { pid: child.pid ?? 0, ended, kill, isLeft: () => killGroup(child.pid, 0) };
}

/** False where none of it is left. Signal 0 only asks. */
function killGroup(leader: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (leader === undefined) return false;
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    return false;
  }
}

function privileges({ account, dropCapabilities }: CommandOptions): readonly string[] {
  // When even havock8s is killed, COMMAND is asked to end: its disk is going.
  const args = ['--pdeathsig', 'TERM'];
  if (dropCapabilities) args.push('--inh-caps', '-all', '--ambient-caps', '-all');
  if (account === null) return args;
  const groups = account.ownGroups ? '--init-groups' : '--clear-groups';
  return [...args, '--reuid', String(account.uid), '--regid', String(account.gid), groups];
}

function environment({ env, account, controlUrl, variables }: CommandOptions): NodeJS.ProcessEnv {
  const { [namespaceVariable]: _, ...inherited } = env;
  const person = account?.person ?? null;
  const identity = person === null ? {} : { USER: person.name, LOGNAME: person.name, HOME: person.home };
  return { ...inherited, ...identity, ...variables, [controlVariable]: controlUrl };
}
