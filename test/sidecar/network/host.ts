/**
 * Real hosts on one machine: network namespaces, each kept by a process that sleeps in it, so that all of them are
 * gone when that is. A pair is joined by a cable:
 *
 *     here ── veth ── there          10.77.0.1, fd77::1 ── 10.77.0.2, fd77::2
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { outputOf, runCommand } from '../../run-command.js';
import type { Ran } from '../mounted/databases/run-program.js';
import { until } from '../mounted/until.js';

export interface HostPair {
  readonly client: Host;
  readonly server: Host;
  close(): Promise<void>;
}

export const addresses = {
  client: { ipv4: '10.77.0.1', ipv6: 'fd77::1' },
  server: { ipv4: '10.77.0.2', ipv6: 'fd77::2' },
} as const;

const runMs = 60_000;

export class Host {
  readonly #children: ChildProcess[] = [];
  readonly #sleeper: ChildProcess;

  private constructor(sleeper: ChildProcess) {
    this.#sleeper = sleeper;
  }

  /** `inside` is the host whose user namespace it shares, where there is no root. */
  static async start(inside: Host | null): Promise<Host> {
    const unshare = ['unshare', '--net', ...(isRoot() || inside ? [] : ['--user', '--map-root-user'])];
    const command = ['setpriv', '--pdeathsig', 'KILL', ...unshare, 'sleep', 'infinity'];
    const [program = '', ...args] = inside && !isRoot() ? inside.entering(command) : command;
    const sleeper = spawn(program, args, { stdio: 'ignore' });
    // On its way it may pass through the other's network.
    const others = ['', netOf(process.pid), netOf(inside?.pid)];
    await until(() => !others.includes(netOf(sleeper.pid)));
    const host = new Host(sleeper);
    host.succeed('ip', 'link', 'set', 'lo', 'up');
    return host;
  }

  /** The command that runs `command` here. */
  entering(command: readonly string[]): readonly string[] {
    const user = isRoot() ? [] : ['--user', '--preserve-credentials'];
    return ['nsenter', '--target', String(this.#sleeper.pid), ...user, '--net', '--', ...command];
  }

  run(...command: readonly string[]): Ran {
    return runCommand(this.entering(command), runMs);
  }

  /** What it wrote. Fails when it does. */
  succeed(...command: readonly string[]): string {
    return outputOf(this.run(...command), command);
  }

  /** Ends with the host at the latest. */
  spawn(command: readonly string[], options: Parameters<typeof spawn>[2] = {}): ChildProcess {
    const [program = '', ...args] = this.entering(command);
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], options);
    this.#children.push(child);
    return child;
  }

  get pid(): number {
    return this.#sleeper.pid ?? 0;
  }

  async close(): Promise<void> {
    for (const child of [...this.#children, this.#sleeper]) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
  }
}

export async function startPair(): Promise<HostPair> {
  const client = await Host.start(null);
  const server = await Host.start(client);
  client.succeed(
    'ip',
    'link',
    'add',
    'here',
    'type',
    'veth',
    'peer',
    'name',
    'there',
    'netns',
    String(server.pid),
  );
  plug(client, 'here', addresses.client);
  plug(server, 'there', addresses.server);
  return {
    client,
    server,
    close: async () => {
      await server.close();
      await client.close();
    },
  };
}

export async function withPair(use: (pair: HostPair) => Promise<void>): Promise<void> {
  const pair = await startPair();
  try {
    await use(pair);
  } finally {
    await pair.close();
  }
}

function plug(
  host: Host,
  device: string,
  { ipv4, ipv6 }: { readonly ipv4: string; readonly ipv6: string },
): void {
  host.succeed('ip', 'addr', 'add', `${ipv4}/24`, 'dev', device);
  host.succeed('ip', '-6', 'addr', 'add', `${ipv6}/64`, 'dev', device, 'nodad');
  host.succeed('ip', 'link', 'set', device, 'up');
}

const isRoot = (): boolean => process.getuid?.() === 0;

function netOf(pid: number | undefined): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return '';
  }
}
