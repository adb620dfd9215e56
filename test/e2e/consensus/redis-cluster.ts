/** Redis Cluster: three masters and a replica of each, two pods a node, spoken to by redis-cli beside each of them. */

import type { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { memberNames, memberSet } from './member-set.js';
import { PodFaults } from './pod-faults.js';

export interface NodeRole {
  readonly pod: string;
  readonly id: string;
  readonly isMaster: boolean;
  /** Of a replica. */
  readonly masterId: string;
}

const name = 'redis';
const pods = memberNames({ name, members: 6 });
const readyS = 290;
export const nodeTimeoutMs = 6000;
export const patience = { boundMs: 180_000 };

const command = [
  'redis-server',
  '--dir',
  '/data',
  '--cluster-enabled',
  'yes',
  '--cluster-node-timeout',
  String(nodeTimeoutMs),
  '--appendonly',
  'yes',
  '--appendfsync',
  'everysec',
  '--protected-mode',
  'no',
];

export class RedisCluster {
  readonly pods = pods;
  readonly #environment: Environment;

  private constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Resolves once every node says that the cluster is well, and every master has its replica. */
  static async start(environment: Environment): Promise<RedisCluster> {
    const readinessProbe = { exec: { command: ['redis-cli', 'ping'] }, periodSeconds: 5, timeoutSeconds: 10 };
    const ports = { redis: 6379, bus: 16379 };
    const { namespace } = environment;
    await environment.apply(
      memberSet({ name, namespace, members: pods.length, command, ports, readinessProbe, inOrder: true }),
    );
    await environment.succeed(['rollout', 'status', `statefulset/${name}`, `--timeout=${readyS}s`]);
    const cluster = new RedisCluster(environment);
    await cluster.shell(pods[0] ?? '', createCluster, name, String(pods.length));
    await cluster.untilWell();
    return cluster;
  }

  faultsOf(pod: string): PodFaults {
    return new PodFaults(this.#environment, pod, name);
  }

  othersOf(pod: string): readonly string[] {
    return pods.filter((other) => other !== pod);
  }

  shell(pod: string, script: string, ...args: readonly string[]): Promise<string> {
    return this.#environment.exec(pod, name, ['sh', '-c', script, 'sh', ...args]);
  }

  /** Of this node alone. */
  cli(pod: string, ...args: readonly string[]): Promise<string> {
    return this.#environment.exec(pod, name, ['redis-cli', ...args]);
  }

  /** By its own word. */
  async roleOf(pod: string): Promise<NodeRole> {
    const fields = (await this.cli(pod, 'cluster', 'nodes')).split('\n').map((line) => line.split(' '));
    const [id = '', , flags = '', masterId = ''] = fields.find(([, , own]) => own?.includes('myself')) ?? [];
    return { pod, id, isMaster: flags.includes('master'), masterId };
  }

  roles(): Promise<readonly NodeRole[]> {
    return Promise.all(pods.map((pod) => this.roleOf(pod)));
  }

  async stateOf(pod: string): Promise<string> {
    return /cluster_state:(\w+)/.exec(await this.cli(pod, 'cluster', 'info'))?.[1] ?? 'unknown';
  }

  /** A key's tag whose slot this master has. */
  async tagOf(pod: string): Promise<string> {
    return (await this.shell(pod, findTag)).trim();
  }

  /** Through redirections, `PREFIX:1` to `PREFIX:COUNT`: those that were acknowledged. */
  async write(pod: string, prefix: string, count: number): Promise<readonly string[]> {
    return (await this.shell(pod, writeKeys, prefix, String(count))).split('\n').filter(Boolean);
  }

  /** Of these keys, those that nobody has any more. */
  async missing(pod: string, keys: readonly string[]): Promise<readonly string[]> {
    const found = (await this.shell(pod, getKeys, ...keys)).split('\n').filter(Boolean);
    if (found.length !== keys.length)
      throw new Error(`asked for ${keys.length} keys, got ${found.join(' ')}`);
    return keys.filter((key, index) => found[index] !== `"${key}"`);
  }

  /** Resolves once all say that the cluster is well, know the same slots, and each replica has what its master has. */
  async untilWell(): Promise<void> {
    await eventually('all nodes agree', async () => (await this.#disagreement()) ?? true, patience);
  }

  async #disagreement(): Promise<string | null> {
    const views = await Promise.all(pods.map((pod) => this.shell(pod, describeView)));
    const [first] = views;
    if (views.some((view) => view !== first)) return views.join('\n');
    if (!first?.includes('cluster_state:ok')) return first ?? '';
    const roles = await this.roles();
    const sizes = new Map(
      await Promise.all(roles.map(async ({ pod, id }) => [id, await this.cli(pod, 'dbsize')] as const)),
    );
    const strays = roles.filter(
      ({ isMaster, id, masterId }) => !isMaster && sizes.get(id) !== sizes.get(masterId),
    );
    const masters = roles.filter(({ isMaster }) => isMaster);
    return strays.length === 0 && masters.length === 3 ? null : JSON.stringify({ roles, sizes: [...sizes] });
  }
}

const createCluster = `
set -eu
nodes=
for n in $(seq 0 $(($2 - 1))); do
  address=$(getent ahostsv4 "$1-$n.$1" | awk 'NR == 1 { print $1 }')
  nodes="$nodes $address:6379"
done
redis-cli --cluster create $nodes --cluster-replicas 1 --cluster-yes
`;

const findTag = `
id=$(redis-cli cluster myid)
for n in $(seq 200); do
  redis-cli get "{t$n}" | grep -q MOVED || { echo "t$n"; exit 0; }
done
echo "no tag leads to $id" >&2
exit 1
`;

/** One redis-cli for all; the n-th line answers the n-th command. */
const writeKeys = `
for n in $(seq "$2"); do echo "set $1:$n $1:$n"; done | redis-cli -c | grep -v '^-> ' |
  awk -v prefix="$1" '$0 == "OK" { print prefix ":" NR }'
`;

const getKeys = `
for key; do echo "get $key"; done | redis-cli --no-raw -c | grep -v '^-> '
`;

/** What is the same on every node of one mind. */
const describeView = `
redis-cli cluster info | tr -d '\\r' | grep -E 'cluster_(state|slots_ok|known_nodes|size)'
redis-cli cluster nodes | tr -d '\\r' | awk '{ sub("myself,", "", $3); print $1, $3, $4, $9, $10 }' | sort
`;
