/** The holder as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HavocError, readError } from '../../../core/havoc-error.js';
import type { HolderConfig } from '../../mount/main.js';
import type { OwnMount } from '../../mount/mount-identity.js';
import { exitOf, stopChild } from '../child.js';
import { linesOf } from '../lines.js';
import { smallEngineEnv, smallEngineFlags } from '../small-engine.js';
import { supervisorTimeouts } from '../timeouts.js';

const program = fileURLToPath(new URL('../../mount/main.js', import.meta.url));

type HolderLine =
  | { readonly event: 'mounted'; readonly pid: number; readonly made: readonly OwnMount[] }
  | { readonly event: 'failed'; readonly code: string; readonly message: string };

export class Holder {
  readonly exited: Promise<void>;

  /** What it mounted. */
  mounts: readonly OwnMount[] = [];
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.exited = exitOf(child);
  }

  /** Resolves when every volume is mounted. */
  static async start(config: HolderConfig, onLog: (line: string) => void): Promise<Holder> {
    const child = spawn(process.execPath, [...smallEngineFlags, program, JSON.stringify(config)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: smallEngineEnv(process.env),
      detached: true,
    });
    linesOf(child.stderr, onLog);
    const holder = new Holder(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), supervisorTimeouts.startHolderMs);
    const said = await Promise.race([firstLine(child), holder.exited.then(() => null)]);
    clearTimeout(timer);
    if (said?.event === 'mounted') {
      holder.mounts = said.made;
      return holder;
    }
    await stopChild(child, supervisorTimeouts.stopHolderMs);
    if (said !== null) throw readError(said);
    throw new HavocError('holder.failed', 'the holder ended before it had mounted');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Unmounts every layer; resolves when it is gone. */
  stop(): Promise<void> {
    return stopChild(this.#child, supervisorTimeouts.stopHolderMs);
  }
}

const firstLine = (child: ChildProcess): Promise<HolderLine> =>
  new Promise((resolve) => linesOf(child.stdout, (line) => resolve(JSON.parse(line) as HolderLine)));
