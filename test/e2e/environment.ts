/**
 * A namespace of an environment's own, opted in or not, with disks on the nodes. All of it is gone at the end of the
 * file.
 */
import { randomBytes } from 'node:crypto';
import { injectionEnabled, injectionLabel } from '../../core/keys.js';
import type { Cluster } from '../../dev/cluster/cluster.js';
import type { Kubectl, KubectlResult } from '../../dev/cluster/kubectl.js';
import { type ClusterAtHand, clusterAtHand } from './cluster-at-hand.js';
import { install } from './installation.js';
import { leave } from './leaving.js';
import { localVolumes, removeLocalVolumes, storageClassOf } from './local-volumes.js';

export interface EnvironmentOptions {
  readonly name: string;
  /** Of just this name, instead of one that begins with the environment's. */
  readonly namespace?: string;
  readonly injected?: boolean;
  /** Of the namespace, beside that. */
  readonly labels?: Readonly<Record<string, string>>;
  /** How many local volumes on each node. */
  readonly volumesPerNode?: number;
}

const deleteS = 120;

/** A test that takes the webhook away gives it back. */
let installed: Promise<void> | undefined;
const installedOnce = (kubectl: Kubectl): Promise<void> => {
  installed ??= install(kubectl);
  return installed;
};

export class Environment {
  readonly #atHand: ClusterAtHand;
  private constructor(
    readonly namespace: string,
    atHand: ClusterAtHand,
  ) {
    this.#atHand = atHand;
  }

  static async play(
    options: EnvironmentOptions,
    act: (environment: Environment) => Promise<void>,
  ): Promise<void> {
    const environment = await Environment.open(options);
    try {
      await act(environment);
    } catch (error) {
      throw new Error(`${await environment.tell()}`, { cause: error });
    } finally {
      leave(environment.close());
    }
  }

  static async open(options: EnvironmentOptions): Promise<Environment> {
    const { name, namespace, injected = true, labels = {}, volumesPerNode = 0 } = options;
    const atHand = clusterAtHand();
    await installedOnce(atHand.kubectl);
    const environment = new Environment(namespace ?? `${name}-${randomBytes(3).toString('hex')}`, atHand);
    const optedIn = injected ? { [injectionLabel]: injectionEnabled } : {};
    await environment.cluster.succeed(['create', '-f', '-'], {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: environment.namespace, labels: { ...optedIn, ...labels } },
    });
    if (atHand.own !== null && volumesPerNode > 0)
      await environment.apply(localVolumes(atHand.own, environment.namespace, volumesPerNode));
    return environment;
  }

  /** Of claims: that of the local volumes; undefined where the cluster has one of its own. */
  get storageClass(): string | undefined {
    return this.#atHand.own === null ? undefined : storageClassOf(this.namespace);
  }

  /** kubectl of the administrator, with no namespace. */
  get cluster(): Kubectl {
    return this.#atHand.kubectl;
  }

  /** Fails on a cluster whose nodes cannot be entered: see `needsCluster('own')`. */
  get own(): Cluster {
    if (this.#atHand.own === null) throw new TypeError('this environment enters nodes');
    return this.#atHand.own;
  }

  /** In the environment's namespace. */
  run(args: readonly string[], input?: unknown): Promise<KubectlResult> {
    return this.cluster.run([`--namespace=${this.namespace}`, ...args], input);
  }

  succeed(args: readonly string[], input?: unknown): Promise<string> {
    return this.cluster.succeed([`--namespace=${this.namespace}`, ...args], input);
  }

  json<T>(args: readonly string[]): Promise<T> {
    return this.cluster.json<T>([`--namespace=${this.namespace}`, ...args]);
  }

  /** A List, of one or more. What it warned of. */
  async apply(items: readonly object[]): Promise<string> {
    const list = { apiVersion: 'v1', kind: 'List', items };
    const { code, stderr } = await this.run(['apply', '-f', '-'], list);
    if (code !== 0) throw new Error(`kubectl apply: ${stderr}`);
    return stderr;
  }

  /** In a pod's container; what it wrote. Fails when it does. */
  exec(pod: string, container: string, command: readonly string[]): Promise<string> {
    return this.succeed(['exec', pod, `--container=${container}`, '--', ...command]);
  }

  /** What happened, for who reads of a failure. */
  async tell(): Promise<string> {
    const pods = await this.run(['get', 'pods', '--output=wide']);
    const events = await this.run(['get', 'events', '--sort-by=.lastTimestamp']);
    return `${pods.stdout}\n${events.stdout.split('\n').slice(-25).join('\n')}`;
  }

  async close(): Promise<void> {
    await this.cluster.succeed(['delete', 'namespace', this.namespace, '--wait=false']);
    // The namespace's own controller begins with them after 5 s, and then waits for their grace.
    await this.succeed(['delete', 'pods', '--all', '--wait=false']);
    const gone = ['wait', '--for=delete', `namespace/${this.namespace}`, `--timeout=${deleteS}s`];
    await this.cluster.succeed(gone);
    await removeLocalVolumes(this.cluster, this.#atHand.own, this.namespace);
  }
}
