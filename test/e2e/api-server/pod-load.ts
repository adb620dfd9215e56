/**
 * Creates pods, several at a time and without end, as a rollout of many StatefulSets would, and keeps what became of
 * each. They are real creations: a dry run would do less.
 */
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { until } from '../../sidecar/mounted/until.js';
import { databasePod, isInjected } from '../../webhook/pods.js';

export interface Creation {
  readonly name: string;
  /** By performance.now(). */
  readonly beganMs: number;
  readonly endedMs: number;
  readonly outcome: 'injected' | 'uninjected' | { readonly failure: unknown };
}

const atOnce = 4;

export class PodLoad {
  readonly creations: Creation[] = [];
  readonly #api: CoreV1Api;
  readonly #workers: readonly Promise<void>[];
  #ends = false;
  #count = 0;
  readonly #namespace: string;
  readonly #prefix: string;

  constructor(kubeconfig: string, namespace: string, prefix: string) {
    this.#namespace = namespace;
    this.#prefix = prefix;
    const config = new KubeConfig();
    config.loadFromFile(kubeconfig);
    this.#api = config.makeApiClient(CoreV1Api);
    this.#workers = Array.from({ length: atOnce }, () => this.#work());
  }

  /** Resolves when so many more have been created. */
  async more(count: number): Promise<void> {
    const due = this.creations.length + count;
    await until(() => this.creations.length >= due, 60_000);
  }

  /** Resolves when one that begins from now on is injected. */
  async untilInjected(): Promise<void> {
    const sinceMs = performance.now();
    await until(
      () => this.creations.some(({ beganMs, outcome }) => beganMs > sinceMs && outcome === 'injected'),
      60_000,
    );
  }

  /** Resolves with all of them. */
  async stop(): Promise<readonly Creation[]> {
    this.#ends = true;
    await Promise.all(this.#workers);
    return this.creations;
  }

  async #work(): Promise<void> {
    while (!this.#ends) this.creations.push(await this.#create());
  }

  async #create(): Promise<Creation> {
    const name = `${this.#prefix}-${this.#count++}`;
    const beganMs = performance.now();
    const outcome = await this.#outcome(name);
    return { name, beganMs, endedMs: performance.now(), outcome };
  }

  /** A connection that ends before its handshake asked for no pod; one that did is told by the next try: AlreadyExists. */
  async #outcome(name: string, triesLeft = 3): Promise<Creation['outcome']> {
    try {
      const body = databasePod(name);
      const pod = await this.#api.createNamespacedPod({ namespace: this.#namespace, body });
      return isInjected(pod) ? 'injected' : 'uninjected';
    } catch (failure) {
      const isReset = failure instanceof Error && 'code' in failure && failure.code === 'ECONNRESET';
      return isReset && triesLeft > 0 ? this.#outcome(name, triesLeft - 1) : { failure };
    }
  }
}

export interface Tally {
  readonly injected: number;
  readonly uninjected: number;
  readonly failures: readonly unknown[];
}

export function tally(creations: readonly Creation[]): Tally {
  const of = (outcome: Creation['outcome']): number =>
    creations.filter((creation) => creation.outcome === outcome).length;
  const failures = creations.flatMap(({ outcome }) => (typeof outcome === 'string' ? [] : [outcome.failure]));
  return { injected: of('injected'), uninjected: of('uninjected'), failures };
}
