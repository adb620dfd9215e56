/**
 * A host of its own for an API server and the webhooks that it calls, with as many addresses as there are servers,
 * and a cable to this process:
 *
 *     this process ── veth ── 10.88.N.2 (API server), 10.88.N.11, 10.88.N.12 ... (replicas)
 */
import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { Host } from '../tcp/host.js';

export class ClusterHost {
  private constructor(
    private readonly host: Host,
    private readonly prefix: string,
  ) {}

  /** As root: this side of the cable is in the machine's own network until the host is gone. */
  static async start(): Promise<ClusterHost> {
    const host = await Host.start(null);
    try {
      const network = freeNetwork();
      const [here, there] = [`hv${process.pid}`, 'eth0'];
      run('ip', 'link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', String(host.pid));
      run('ip', 'addr', 'add', `10.88.${network}.1/24`, 'dev', here);
      run('ip', 'link', 'set', here, 'up');
      host.succeed('ip', 'link', 'set', there, 'up');
      const clusterHost = new ClusterHost(host, `10.88.${network}`);
      clusterHost.addAddress(2);
      return clusterHost;
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  /** Of the API server. */
  get address(): string {
    return `${this.prefix}.2`;
  }

  /** Of this process, as the host sees it. */
  get here(): string {
    return `${this.prefix}.1`;
  }

  /** One more, for a server that wants one for itself; 3 to 254. */
  addAddress(last: number): string {
    const address = `${this.prefix}.${last}`;
    this.host.succeed('ip', 'addr', 'add', `${address}/24`, 'dev', 'eth0');
    return address;
  }

  entering(command: readonly string[]): readonly string[] {
    return this.host.entering(command);
  }

  close(): Promise<void> {
    return this.host.close();
  }
}

/** Two test files run at once. */
function freeNetwork(): number {
  const taken = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.map(({ address }) => address),
  );
  const first = process.pid % 250;
  for (let step = 0; step < 250; step++) {
    const network = (first + step) % 250;
    if (!taken.some((address) => address.startsWith(`10.88.${network}.`))) return network;
  }
  throw new Error('every network of 10.88.0.0/16 is taken');
}

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}
