/**
 * A host of its own for an API server, one more for each server that it calls, and a cable to this process:
 *
 *     this process, 10.88.N.1 ── veth ── bridge on the API server's host, 10.88.N.2
 *                                           ├─ veth ── 10.88.N.11
 *                                           └─ veth ── 10.88.N.12 ...
 */

import { outputOf, runCommand } from '../../test/run-command.js';
import { Host } from '../../test/sidecar/network/host.js';
import { freeNetwork } from './free-network.js';

const runMs = 60_000;

export interface ServerHost {
  readonly address: string;
  /** The command that runs `command` there. */
  entering(command: readonly string[]): readonly string[];
}

const bridge = 'bridge';

export class ClusterHost implements ServerHost {
  readonly #added: Host[] = [];
  readonly #host: Host;
  readonly #prefix: string;

  private constructor(host: Host, prefix: string) {
    this.#host = host;
    this.#prefix = prefix;
  }

  /** As root: this side of the cable is in the machine's own network until the host is gone. */
  static async start(): Promise<ClusterHost> {
    const host = await Host.start(null);
    try {
      // Two test files run at once.
      const network = freeNetwork('10.88', process.pid);
      const [here, there] = [`hv${process.pid}`, 'eth0'];
      run('ip', 'link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', String(host.pid));
      run('ip', 'addr', 'add', `10.88.${network}.1/24`, 'dev', here);
      run('ip', 'link', 'set', here, 'up');
      host.succeed('ip', 'link', 'add', bridge, 'type', 'bridge');
      host.succeed('ip', 'link', 'set', there, 'master', bridge, 'up');
      host.succeed('ip', 'link', 'set', bridge, 'up');
      const clusterHost = new ClusterHost(host, `10.88.${network}`);
      host.succeed('ip', 'addr', 'add', `${clusterHost.address}/24`, 'dev', bridge);
      return clusterHost;
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  /** Of the API server. */
  get address(): string {
    return `${this.#prefix}.2`;
  }

  /** Of this process, as the host sees it. */
  get here(): string {
    return `${this.#prefix}.1`;
  }

  /** One more on the bridge; `last` of its address, 3 to 254. It ends with this one. */
  async add(last: number): Promise<ServerHost> {
    const address = `${this.#prefix}.${last}`;
    const added = await Host.start(this.#host);
    this.#added.push(added);
    const port = `to-${last}`;
    const cable = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', String(added.pid)];
    this.#host.succeed('ip', 'link', 'add', port, ...cable);
    this.#host.succeed('ip', 'link', 'set', port, 'master', bridge, 'up');
    added.succeed('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    added.succeed('ip', 'link', 'set', 'eth0', 'up');
    return { address, entering: (command) => added.entering(command) };
  }

  entering(command: readonly string[]): readonly string[] {
    return this.#host.entering(command);
  }

  async close(): Promise<void> {
    for (const host of [...this.#added, this.#host]) await host.close();
  }
}

const run = (...command: readonly string[]): string => outputOf(runCommand(command, runMs), command);
