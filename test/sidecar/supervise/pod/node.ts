/** What a kubelet does for a pod, in a mount namespace of its own, so that nothing of it is seen outside. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import type { Ran } from '../../mounted/databases/run-program.js';
import { until } from '../../mounted/until.js';
import { Host } from '../../network/host.js';

export class Node {
  readonly #sleeper: ChildProcess;
  readonly #ownNetwork: boolean;
  private constructor(
    sleeper: ChildProcess,
    readonly network: Host,
    ownNetwork: boolean,
  ) {
    this.#sleeper = sleeper;
    this.#ownNetwork = ownNetwork;
  }

  /** The pod's network is `network`, or one with a loopback only. */
  static async start(network: Host | null): Promise<Node> {
    const host = network ?? (await Host.start(null));
    const [program = '', ...args] = host.entering([
      ...['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--propagation', 'private'],
      ...['sleep', 'infinity'],
    ]);
    const sleeper = spawn(program, args, { stdio: 'ignore' });
    await until(() => !['', mountsOf(process.pid)].includes(mountsOf(sleeper.pid)));
    return new Node(sleeper, host, network === null);
  }

  /** The command that runs `command` here, and that dies with us. */
  entering(command: readonly string[]): readonly string[] {
    const where = ['--target', String(this.#sleeper.pid), '--mount', '--net'];
    return ['setpriv', '--pdeathsig', 'KILL', 'nsenter', ...where, '--', ...command];
  }

  /** Shell commands, as the kubelet; what they wrote. Fails when they do. */
  succeed(script: string): string {
    const { code, stdout, stderr } = this.run(script);
    if (code !== 0) throw new Error(`${script}: ${stderr}`);
    return stdout;
  }

  run(script: string): Ran {
    const [program = '', ...args] = this.entering(['sh', '-ec', script]);
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 30_000 });
    return { code: status, stdout, stderr };
  }

  /** Of a path as the node sees it; undefined where there is nothing. */
  stat(path: string): Stats | undefined {
    return statSync(`/proc/${this.#sleeper.pid}/root${path}`, { throwIfNoEntry: false });
  }

  /** As the node's /proc/self/mounts. */
  get mounts(): string {
    return readFileSync(`/proc/${this.#sleeper.pid}/mounts`, 'utf8');
  }

  async close(): Promise<void> {
    this.#sleeper.kill('SIGKILL');
    if (this.#ownNetwork) await this.network.close();
  }
}

function mountsOf(pid: number | undefined): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return '';
  }
}
