/**
 * Namespaces of processes, mounts and network, kept by one process that sleeps as PID 1 in them: when that is killed the
 * kernel ends all that runs there, and what was mounted or routed there goes with it. One may stand in another.
 *
 *     unshare ── sleep (PID 1)        what is killed to end it
 *                  ├─ a daemon        entered by nsenter, let go by setsid
 *                  └─ a daemon ...
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { outputOf, runCommand } from '../../test/run-command.js';
import type { Ran } from '../../test/sidecar/mounted/databases/run-program.js';
import { until } from '../../test/sidecar/mounted/until.js';
import { startOf } from './start-of.js';

export interface EnclosureOptions {
  /** Where it is kept in mind, for those that come later. */
  readonly pidFile: string;
  readonly inside?: Enclosure;
  /** Ends with this process, however that ends. */
  readonly mortal: boolean;
}

const runMs = 120_000;
const endMs = 30_000;

export class Enclosure {
  readonly #startedAt: string;
  readonly #pidFile: string;
  private constructor(
    readonly pid: number,
    startedAt: string,
    pidFile: string,
  ) {
    this.#startedAt = startedAt;
    this.#pidFile = pidFile;
  }

  static async start({ pidFile, inside, mortal }: EnclosureOptions): Promise<Enclosure> {
    const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc', '--net', '--ipc', '--uts'];
    // A mount that is made in a container reaches the others only from a shared one, as on any node.
    const mounts = ['--mount', '--propagation', inside === undefined ? 'private' : 'shared'];
    // A child whose death its parent ignores leaves no zombie: PID 1 inherits many.
    const sleeper = ['env', '--ignore-signal=CHLD', 'sleep', 'infinity'];
    const command = [
      ...(mortal ? ['setpriv', '--pdeathsig', 'KILL'] : []),
      ...unshare,
      ...mounts,
      ...sleeper,
    ];
    const [program = '', ...args] = inside?.entering(command) ?? command;
    const child = spawn(program, args, { stdio: 'ignore', detached: true });
    child.on('error', () => {});
    child.unref();
    const pid = await sleeperBelow(child, command.join(' '));
    const enclosure = new Enclosure(pid, startOf(pid), pidFile);
    writeFileSync(pidFile, `${pid} ${enclosure.#startedAt}\n`);
    enclosure.succeed('ip', 'link', 'set', 'lo', 'up');
    return enclosure;
  }

  /** The one that was started with this file, while it lives. */
  static find(pidFile: string): Enclosure | null {
    const [pid = '', startedAt = ''] = read(pidFile).trim().split(' ');
    return startedAt !== '' && startOf(Number(pid)) === startedAt
      ? new Enclosure(Number(pid), startedAt, pidFile)
      : null;
  }

  /** The command that runs `command` here. Paths have to be absolute. */
  entering(command: readonly string[]): readonly string[] {
    return ['nsenter', '--target', String(this.pid), '--all', '--', ...command];
  }

  run(...command: readonly string[]): Ran {
    return runCommand(this.entering(command), runMs);
  }

  /** What it wrote. Fails when it does. */
  succeed(...command: readonly string[]): string {
    return outputOf(this.run(...command), command);
  }

  get isAlive(): boolean {
    return startOf(this.pid) === this.#startedAt;
  }

  async kill(): Promise<void> {
    if (this.isAlive) process.kill(this.pid, 'SIGKILL');
    await until(() => !this.isAlive, endMs);
    rmSync(this.#pidFile, { force: true });
  }
}

/** `unshare` and `nsenter` fork: the one that sleeps is the last of the line. */
async function sleeperBelow(child: ChildProcess, command: string): Promise<number> {
  let pid = child.pid ?? 0;
  await until(() => {
    if (child.exitCode !== null || child.pid === undefined)
      throw new Error(`${command} ended at once: are you root?`);
    const children = read(`/proc/${pid}/task/${pid}/children`).trim();
    if (children !== '') pid = Number(children.split(' ')[0]);
    return read(`/proc/${pid}/comm`).trim() === 'sleep';
  });
  return pid;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
