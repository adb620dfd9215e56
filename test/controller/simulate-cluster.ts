/**
 * Random experiments in a cluster in memory: controllers are killed, answers are lost, refused and doubled, pods go and come
 * back, runs are stopped and deleted. Everything follows from the seed.
 */
import { HavocError } from '../../core/havoc-error.js';
import type { KubeApi } from '../../kube/kube-api.js';
import { resources } from '../../kube/resources.js';
import { SeededRandom } from '../seeded-random.js';
import { namespace, SimulatedCluster, type SimulatedController } from './simulated-cluster.js';

export interface ClusterSimulation {
  readonly seed: number;
  /** Of each call: the chance that it is refused, and that it is carried out and its answer lost. */
  readonly refuses: number;
  readonly loses: number;
  /** Of each write: the chance that the controller is dead after it. */
  readonly dies: number;
}

export interface ClusterSimulated {
  readonly verdicts: readonly string[];
  readonly deaths: number;
  /** What must never be. */
  readonly flaws: readonly string[];
}

interface Trouble {
  readonly what: 'nothing' | 'stop' | 'delete' | 'pod';
  /** Until it happens. */
  looks: number;
}

const mostDeaths = 8;
const writes: ReadonlySet<string> = new Set(['create', 'patch', 'replace', 'remove']);

export async function simulateCluster(options: ClusterSimulation): Promise<ClusterSimulated> {
  const simulation = new Simulation(options);
  return simulation.play();
}

class Simulation {
  readonly #options: ClusterSimulation;
  readonly #random: SeededRandom;
  readonly #cluster = new SimulatedCluster();
  readonly #flaws: string[] = [];
  readonly #controllers: SimulatedController[] = [];
  readonly #specs = new Map<string, { readonly pods: readonly string[] }>();
  #deaths = 0;
  /** A call that the test itself makes goes through. */
  #isOurs = false;
  #isDying = false;

  constructor(options: ClusterSimulation) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
  }

  async play(): Promise<ClusterSimulated> {
    const cluster = this.#cluster;
    await this.#ourselves(async () => {
      await cluster.namespace();
      for (const pod of ['db-0', 'db-1', 'db-2']) await cluster.pod(pod);
    });
    cluster.store.intercept = (call) => this.#intercept(call);
    cluster.api = this.#losing(cluster.store);
    this.#start();
    const names = ['one', 'two', 'three'].slice(0, 1 + this.#random.integer(3));
    for (const name of names) await this.#create(name);
    const asked = new Map(names.map((name) => [name, this.#trouble()]));
    await cluster.until('every run is over', () => this.#look(names, asked), 3_600_000);
    await this.#lookAtEnd(names);
    cluster.store.intercept = () => {};
    for (const controller of this.#controllers) await controller.stop();
    return { verdicts: await this.#verdicts(names), deaths: this.#deaths, flaws: this.#flaws };
  }

  async #intercept(call: string): Promise<void> {
    if (this.#isOurs) return;
    if (writes.has(call) && this.#deaths < mostDeaths && this.#random.chance(this.#options.dies))
      this.#isDying = true;
    if (call !== 'watch' && this.#random.chance(this.#options.refuses))
      throw new HavocError('kube.timeout', 'the API server did not answer in time');
  }

  /** Carried out, and nobody hears of it. */
  #losing(store: KubeApi): KubeApi {
    const lost = <T>(answer: T): T => {
      if (!this.#isOurs && this.#random.chance(this.#options.loses))
        throw new HavocError('kube.timeout', 'the API server did not answer in time');
      return answer;
    };
    return {
      get: (target) => store.get(target),
      list: (selection) => store.list(selection),
      listEach: (selection, onObject) => store.listEach(selection, onObject),
      create: async (selection, object) => lost(await store.create(selection, object)),
      replace: async (target, object) => lost(await store.replace(target, object)),
      patch: async (target, patch) => lost(await store.patch(target, patch)),
      remove: async (target, only) => lost(await store.remove(target, only)),
      post: async (target, object) => lost(await store.post(target, object)),
      serverMs: () => store.serverMs(),
      watch: (selection, options) => store.watch(selection, options),
      version: () => store.version(),
    };
  }

  #start(): void {
    this.#controllers.push(this.#cluster.controller());
  }

  async #ourselves<T>(work: () => Promise<T>): Promise<T> {
    this.#isOurs = true;
    try {
      return await work();
    } finally {
      this.#isOurs = false;
    }
  }

  async #create(name: string): Promise<void> {
    const random = this.#random;
    const pods = random.one([['db-0'], ['db-1'], ['db-2'], ['db-0', 'db-1']]);
    const step = (): object =>
      random.one([
        { fault: `disk latency 10ms on fsync for ${1 + random.integer(20)}s` },
        { fault: `disk freeze on read for ${1 + random.integer(9)}s` },
        { wait: { for: `${1 + random.integer(5)}s` } },
        { delete: {} },
      ]);
    this.#specs.set(name, { pods });
    const spec = {
      targets: [{ name: 'db', pods }],
      safety: { allow: ['quorum', 'share'] },
      steps: Array.from({ length: 1 + random.integer(3) }, step),
      timeLimit: '3m',
      recoveryObjective: '10s',
    };
    await this.#ourselves(() => this.#cluster.experiment(name, spec));
  }

  /** What happens to a run, and after how many looks. */
  #trouble(): Trouble {
    const what = this.#random.one(['nothing', 'nothing', 'stop', 'delete', 'pod'] as const);
    return { what, looks: 3 + this.#random.integer(60) };
  }

  /** Between two moments: what must hold always, then what is to happen. */
  async #look(names: readonly string[], asked: ReadonlyMap<string, Trouble>): Promise<boolean> {
    if (this.#isDying) {
      this.#isDying = false;
      this.#deaths += 1;
      this.#controllers.at(-1)?.kill();
      this.#start();
    }
    return this.#ourselves(async () => {
      await this.#lookAtFaults();
      for (const [name, trouble] of asked) {
        trouble.looks -= 1;
        if (trouble.looks === 0) await this.#happen(name, trouble.what);
      }
      await this.#comeBack();
      return (await Promise.all(names.map((name) => this.#isThrough(name)))).every((one) => one);
    });
  }

  async #isThrough(name: string): Promise<boolean> {
    const found = await this.#cluster.find(name);
    return (
      found === null || ((await this.#cluster.isOver(name)) && (found.metadata.finalizers ?? []).length === 0)
    );
  }

  async #happen(name: string, what: Trouble['what']): Promise<void> {
    const { store } = this.#cluster;
    const target = { resource: resources.experiments, namespace, name };
    if (what === 'delete') await store.remove(target);
    if (what === 'pod')
      await store.remove({ resource: resources.pods, namespace, name: this.#random.one(['db-0', 'db-1']) });
    if (what === 'stop' && (await this.#cluster.find(name)) !== null)
      await store.patch(target, { kind: 'merge', body: { spec: { stop: { reason: 'test' } } } });
  }

  /** As a StatefulSet makes them again. */
  async #comeBack(): Promise<void> {
    for (const name of ['db-0', 'db-1', 'db-2'])
      if ((await this.#cluster.store.get({ resource: resources.pods, namespace, name })) === null)
        await this.#cluster.pod(name);
  }

  /** Never beyond the blast radius, and never on without a finalizer. */
  async #lookAtFaults(): Promise<void> {
    for (const key of await this.#cluster.armed()) {
      const [pod = '', fault = ''] = key.split(' ');
      const name = fault.split('.', 1)[0] ?? '';
      if (!this.#specs.get(name)?.pods.includes(pod)) this.#flaw(`${key} is no target of ${name}`);
      if ((await this.#cluster.finalizersOf(name)).length === 0)
        this.#flaw(`${key} is on, and nothing holds ${name}`);
    }
  }

  async #lookAtEnd(names: readonly string[]): Promise<void> {
    await this.#ourselves(async () => {
      const armed = await this.#cluster.armed();
      if (armed.length > 0) this.#flaw(`${armed.join(', ')} after the end`);
      const left = await this.#cluster.annotations();
      if (left.length > 0) this.#flaw(`annotations are left: ${left.join(', ')}`);
      for (const name of names) {
        const status = (await this.#cluster.find(name))?.status;
        if (status?.reason === 'FaultLeft') this.#flaw(`${name}: ${status.message}`);
      }
    });
  }

  #flaw(message: string): void {
    if (!this.#flaws.includes(message)) this.#flaws.push(message);
  }

  #verdicts(names: readonly string[]): Promise<readonly string[]> {
    return Promise.all(
      names.map(async (name) => {
        const { verdict = 'gone', reason = '' } = (await this.#cluster.find(name))?.status ?? {};
        return `${verdict} ${reason}`.trim();
      }),
    );
  }
}
