/** The app's container: a shell on its volumes, which remembers what it has open. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Node } from './node.js';

export interface AppMount {
  /** What the kubelet prepared. */
  readonly from: string;
  readonly to: string;
}

const patienceMs = 120_000;

export class App {
  #lines: string[] = [];
  #answer: (status: number) => void = () => {};
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
    assert.ok(child.stdout);
    createInterface(child.stdout).on('line', (line) => {
      // What it wrote need not end with a line feed.
      const [, last = line, status] = /^(.*)::(\d+)$/.exec(line) ?? [];
      if (last !== '') this.#lines.push(last);
      if (status !== undefined) this.#answer(Number(status));
    });
  }

  /** HostToContainer: what is mounted over the volume later is seen here too. */
  static async start(node: Node, mounts: readonly AppMount[]): Promise<App> {
    const setup = mounts.map(({ from, to }) => `mount --bind ${from} ${to}`).join('\n');
    const [program = '', ...args] = node.entering([
      ...['unshare', '--mount', '--propagation', 'slave', '--', 'sh', '-c', `${setup}\nexec sh`],
    ]);
    const app = new App(spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' }));
    await app.ask('true');
    return app;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What the shell's command wrote, standard error included; and the exit code, when it is not 0. */
  async ask(command: string): Promise<string> {
    this.#lines = [];
    const answered = new Promise<number>((resolve, reject) => {
      this.#answer = resolve;
      setTimeout(() => reject(new Error(`no answer to: ${command}`)), patienceMs).unref();
    });
    this.#child.stdin?.write(`{ ${command}\n} 2>&1; echo "::$?"\n`);
    const status = await answered;
    return [...this.#lines, ...(status === 0 ? [] : [`exit ${status}`])].join('\n');
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
