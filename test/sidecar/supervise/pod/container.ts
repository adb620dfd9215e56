/** A container as the kubelet's runtime makes it: namespaces of its own, PID 1 in one of them, and what it may do. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { until } from '../../mounted/until.js';
import type { Node } from './node.js';

export interface ContainerOptions {
  /** How its mounts and the node's follow each other: `unchanged` is Bidirectional, `slave` HostToContainer. */
  readonly propagation: 'unchanged' | 'slave' | 'private';
  /** Shell commands in the container's mount namespace, before the program. */
  readonly setup: string;
  readonly command: readonly string[];
}

export class Container {
  readonly log: string[] = [];
  /** PID 1 of the container, by its number outside. */
  pid = 0;
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly gone: Promise<number | null>,
  ) {
    this.#child = child;
  }

  static async start(node: Node, { propagation, setup, command }: ContainerOptions): Promise<Container> {
    const words = [
      ...['unshare', '--mount', '--propagation', propagation, '--pid', '--fork', '--kill-child'],
      ...['--mount-proc', '--', 'sh', '-ec', `${setup}\nexec "$@"`, 'sh', ...command],
    ];
    const [program = '', ...args] = node.entering(words);
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], cwd: '/' });
    const gone = once(child, 'exit').then(([code]) => code as number | null);
    const container = new Container(child, gone);
    for (const stream of [child.stdout, child.stderr]) {
      assert.ok(stream);
      createInterface(stream).on('line', (line) => container.log.push(line));
    }
    await until(() => container.hasEnded || childrenOf(child.pid ?? 0).length > 0);
    container.pid = childrenOf(child.pid ?? 0)[0] ?? 0;
    return container;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** All its processes, PID 1 first. */
  get processes(): readonly number[] {
    return [this.pid, ...below(this.pid)];
  }

  /** A process of it whose command line says that; 0: none does. */
  processCalled(name: string): number {
    return this.processes.find((pid) => readStatus(pid, 'cmdline').startsWith(name)) ?? 0;
  }

  send(signal: NodeJS.Signals): void {
    if (!this.hasEnded) process.kill(this.pid, signal);
  }

  /** How many PID 1 has open. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  says(text: string): boolean {
    return this.log.some((line) => line.includes(text));
  }

  /** All of it, as the OOM killer and a crash do. */
  async kill(): Promise<void> {
    this.send('SIGKILL');
    await this.gone;
  }

  /** How long it took to end by itself. */
  async end(): Promise<number> {
    const started = performance.now();
    this.send('SIGTERM');
    await this.gone;
    return performance.now() - started;
  }
}

const readStatus = (pid: number, file: 'status' | 'cmdline'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};

type Children = ReadonlyMap<number, readonly number[]>;

/** Of every process: a look at /proc takes long where many run. */
function allChildren(): Children {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = Number(/^PPid:\s*(\d+)$/m.exec(readStatus(Number(pid), 'status'))?.[1]);
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [Number(pid)]);
    else known.push(Number(pid));
  }
  return children;
}

const childrenOf = (parent: number): readonly number[] => allChildren().get(parent) ?? [];

const below = (pid: number, children = allChildren()): readonly number[] =>
  (children.get(pid) ?? []).flatMap((child) => [child, ...below(child, children)]);

/** Memory in RAM of a process, in MB; what it shares with others is counted in. */
export const rssMb = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+) kB$/m.exec(readStatus(pid, 'status'))?.[1] ?? 0) / 1000;

/** Running, or ended and not taken leave of. */
export const isThere = (pid: number): boolean => readStatus(pid, 'status') !== '';

/** What it calls itself. */
export const nameOf = (pid: number): string =>
  (readStatus(pid, 'cmdline') || (/^Name:\s*(.*)$/m.exec(readStatus(pid, 'status'))?.[1] ?? '')).split(
    '\0',
  )[0] ?? '';
