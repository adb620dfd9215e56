/** A program that runs beside others until it is closed: asked to end, and made to when it does not. */
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { HavocError } from '../../core/havoc-error.js';
import { type ProgramOptions, spawnOptions } from './run.js';

const patienceMs = 5000;
const betweenMs = 10;
const linesKept = 100;

export interface UntilOptions {
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

export class Daemon implements AsyncDisposable {
  readonly pid: number;
  /** The last of what it wrote to its standard error. */
  readonly lines: string[] = [];
  readonly #child: ReturnType<typeof launch>;

  private constructor(child: ReturnType<typeof launch>, pid: number) {
    this.pid = pid;
    this.#child = child;
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (this.lines.push(line) > linesKept) this.lines.shift();
    });
  }

  static async start(file: string, args: readonly string[], options: ProgramOptions = {}): Promise<Daemon> {
    const child = launch(file, args, options);
    if (child.pid !== undefined) return new Daemon(child, child.pid);
    throw new HavocError('program.failed', `${file} does not start: ${(await child).originalMessage}`);
  }

  /** Resolves to what `look` finds, which is to be there before long; `awaited` completes "did not". */
  async until<T>(
    awaited: string,
    look: (lines: readonly string[]) => T | null,
    options: UntilOptions = {},
  ): Promise<T> {
    const giveUpMs = performance.now() + (options.patienceMs ?? patienceMs);
    while (!this.#hasEnded && performance.now() < giveUpMs) {
      options.signal?.throwIfAborted();
      const found = look(this.lines);
      if (found !== null) return found;
      await wait(betweenMs);
    }
    const told = [`${this.#child.spawnargs.join(' ')}: did not ${awaited}`, ...this.lines.slice(-5)];
    throw new HavocError('program.failed', told.join('\n'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#child;
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

const launch = (file: string, args: readonly string[], options: ProgramOptions) =>
  execa(file, args, {
    ...spawnOptions(options),
    stdout: 'ignore',
    buffer: false,
    reject: false,
    forceKillAfterDelay: patienceMs,
  });
