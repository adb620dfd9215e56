/** A program that runs beside the works until it is closed: asked to end, and made to when it does not. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { HavocError } from '../../core/havoc-error.js';
import { endGroup } from './command.js';
import { programEnvironment } from './programs.js';

const usualPatienceMs = 5000;
const betweenMs = 10;
const linesKept = 100;

export interface DaemonOptions {
  readonly env?: NodeJS.ProcessEnv;
}

export interface UntilOptions {
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

export class Daemon {
  readonly pid: number;
  /** The last of what it wrote to its standard error. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;

  private constructor(child: ChildProcess, pid: number, output: Readable) {
    this.pid = pid;
    this.#child = child;
    this.#exit = once(child, 'exit');
    createInterface({ input: output }).on('line', (line) => {
      if (this.lines.push(line) > linesKept) this.lines.shift();
    });
  }

  static async start(file: string, args: readonly string[], { env }: DaemonOptions = {}): Promise<Daemon> {
    const child = spawn(file, [...args], {
      env: { ...programEnvironment(), ...env },
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    await once(child, 'spawn');
    if (child.pid === undefined) throw new HavocError('bench.failed', `${file} has no process`);
    return new Daemon(child, child.pid, child.stderr);
  }

  /** Resolves to what `look` finds, which is to be there before long; `awaited` completes "did not". */
  async until<T>(
    awaited: string,
    look: (lines: readonly string[]) => T | null,
    { patienceMs = usualPatienceMs, signal }: UntilOptions = {},
  ): Promise<T> {
    const giveUpMs = performance.now() + patienceMs;
    while (!this.#hasEnded && performance.now() < giveUpMs) {
      signal?.throwIfAborted();
      const found = look(this.lines);
      if (found !== null) return found;
      await wait(betweenMs);
    }
    const told = [`${this.#child.spawnargs.join(' ')}: did not ${awaited}`, ...this.lines.slice(-5)];
    throw new HavocError('bench.failed', told.join('\n'));
  }

  async close(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill('SIGTERM');
    const patience = setTimeout(() => endGroup(this.#child), usualPatienceMs);
    await this.#exit;
    clearTimeout(patience);
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
