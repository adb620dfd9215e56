/** etcd of three members, one a node, spoken to by etcdctl beside each member. */
import type { KubectlResult } from '../../../dev/cluster/kubectl.js';
import type { Environment } from '../environment.js';
import { eventually } from '../eventually.js';
import { memberNames, memberSet } from './member-set.js';
import { PodFaults } from './pod-faults.js';

export interface MemberStatus {
  readonly member: string;
  readonly memberId: string;
  /** "0": none. */
  readonly leaderId: string;
  readonly term: number;
  readonly revision: number;
  readonly says: string;
}

const name = 'etcd';
const ports = { client: 2379, peer: 2380 };
const members = memberNames({ name, members: 3 });
const readyS = 290;
export const patience = { boundMs: 120_000 };

const command = [
  'etcd',
  '--name=$(POD)',
  '--data-dir=/data/etcd',
  `--listen-client-urls=http://0.0.0.0:${ports.client}`,
  `--advertise-client-urls=http://$(POD).${name}:${ports.client}`,
  `--listen-peer-urls=http://0.0.0.0:${ports.peer}`,
  `--initial-advertise-peer-urls=http://$(POD).${name}:${ports.peer}`,
  `--initial-cluster=${members.map((member) => `${member}=http://${member}.${name}:${ports.peer}`).join(',')}`,
];

export class Etcd {
  readonly members = members;
  readonly #environment: Environment;

  private constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Resolves once every member is Ready. */
  static async start(environment: Environment): Promise<Etcd> {
    const readinessProbe = { httpGet: { path: '/health', port: ports.client }, periodSeconds: 2 };
    const { namespace } = environment;
    await environment.apply(
      memberSet({ name, namespace, members: members.length, command, ports, readinessProbe }),
    );
    await environment.succeed(['rollout', 'status', `statefulset/${name}`, `--timeout=${readyS}s`]);
    return new Etcd(environment);
  }

  faultsOf(member: string): PodFaults {
    return new PodFaults(this.#environment, member, name);
  }

  othersOf(...these: readonly string[]): readonly string[] {
    return members.filter((member) => !these.includes(member));
  }

  /** Of this member alone, whatever the others are. */
  run(member: string, ...args: readonly string[]): Promise<KubectlResult> {
    return this.shell(member, 'exec etcdctl --command-timeout=4s "$@"', ...args);
  }

  shell(member: string, script: string, ...args: readonly string[]): Promise<KubectlResult> {
    return this.#environment.run([
      'exec',
      member,
      `--container=${name}`,
      '--',
      'sh',
      '-c',
      script,
      'sh',
      ...args,
    ]);
  }

  /** Keys `PREFIX-1` to `PREFIX-COUNT`, one after the other, with themselves as values: those that were acknowledged. */
  async write(member: string, prefix: string, count: number): Promise<readonly string[]> {
    const { stdout } = await this.shell(member, writeKeys, prefix, String(count));
    return lines(stdout);
  }

  /** What this member has by itself: no other is asked, so that it may be old. */
  async keysOf(member: string): Promise<ReadonlySet<string>> {
    const { stdout } = await this.run(member, 'get', '--consistency=s', '--prefix', '--keys-only', '');
    return new Set(lines(stdout));
  }

  async status(member: string): Promise<MemberStatus> {
    const { code, stdout, stderr } = await this.run(member, 'endpoint', 'status', '--write-out=fields');
    if (code !== 0) throw new Error(`${member}: ${stderr}`);
    const field = (key: string): string => new RegExp(`^"${key}" : (.*)$`, 'm').exec(stdout)?.[1] ?? '';
    return {
      member,
      memberId: field('MemberID'),
      leaderId: field('Leader'),
      term: Number(field('RaftTerm')),
      revision: Number(field('Revision')),
      says: field('Errors'),
    };
  }

  statuses(these: readonly string[] = members): Promise<readonly MemberStatus[]> {
    return Promise.all(these.map((member) => this.status(member)));
  }

  /** Of these members, by their own word; resolves once they agree on one of them. */
  async leaderAmong(these: readonly string[]): Promise<MemberStatus> {
    let leader: MemberStatus | undefined;
    await eventually(
      `${these.join(' and ')} have a leader`,
      async () => {
        const statuses = await this.statuses(these);
        leader = statuses.find(({ memberId }) => statuses.every(({ leaderId }) => leaderId === memberId));
        return leader !== undefined || JSON.stringify(statuses);
      },
      patience,
    );
    return leader as unknown as MemberStatus;
  }

  /** Resolves once every member has the same revision and the same hash of it. */
  async untilConverged(): Promise<string> {
    let hashes: readonly string[] = [];
    await eventually(
      'all members are the same',
      async () => {
        const statuses = await this.statuses();
        const revision = String(Math.max(...statuses.map((status) => status.revision)));
        hashes = await Promise.all(members.map((member) => this.#hash(member, revision)));
        return new Set(hashes).size === 1 && statuses.every((status) => String(status.revision) === revision)
          ? true
          : JSON.stringify({ statuses, hashes });
      },
      patience,
    );
    return hashes[0] ?? '';
  }

  async #hash(member: string, revision: string): Promise<string> {
    const { stdout, stderr } = await this.run(member, 'endpoint', 'hashkv', `--rev=${revision}`);
    return /, (\d+)\s*$/.exec(stdout)?.[1] ?? `${member}: ${stderr}`;
  }
}

const writeKeys = `
for n in $(seq "$2"); do
  etcdctl --command-timeout=4s put "$1-$n" "$1-$n" >/dev/null 2>&1 && echo "$1-$n"
done
true
`;

export const lines = (text: string): readonly string[] => text.split('\n').filter(Boolean);

/** What etcdctl said in the end, beside what it logged. */
export const lastWord = ({ stderr }: KubectlResult): string =>
  /^Error: (.*)$/m.exec(stderr)?.[1] ?? stderr.trim();
