/**
 * Random experiments in a cluster in memory: controllers are killed, stopped and doubled, answers are lost, refused and doubled,
 * watches fall silent, pods, nodes and the namespace go, runs are stopped and deleted. Everything follows from the seed.
 */
import { HavocError } from '../../core/havoc-error.js';
import { resources } from '../../kube/resources.js';
import { SeededRandom } from '../seeded-random.js';
import { randomExperiment } from './random-experiment.js';
import { namespace, SimulatedCluster, type SimulatedController } from './simulated-cluster.js';
import { SimulatedWorkload } from './simulated-workload.js';
import { type Trouble, unreliableApi } from './unreliable-api.js';

export interface ClusterSimulation {
  readonly seed: number;
  readonly trouble: Trouble;
  /** Of each write: the chance that its controller is gone after it. */
  readonly dies: number;
  /** How it goes. */
  readonly ends: Ending;
  /** Each node, and each controller, has a clock that is off by up to so much. */
  readonly skewMs: number;
}

/** Killed, or cut off while its last calls get through, or it goes on to lead beside the next for a while. */
export type Ending = 'killed' | 'cut-off' | 'doubled';

export interface ClusterSimulated {
  readonly verdicts: readonly string[];
  readonly deaths: number;
  /** What must never be. */
  readonly flaws: readonly string[];
}

interface Incident {
  readonly what: 'nothing' | 'stop' | 'delete' | 'pod' | 'node' | 'namespace';
  /** Until it happens. */
  looks: number;
}

const mostDeaths = 8;
/** Two lead at the same time for so many looks. */
const doubledLooks = 40;

export async function simulateCluster(options: ClusterSimulation): Promise<ClusterSimulated> {
  const simulation = new Simulation(options);
  return simulation.play();
}

class Simulation {
  readonly #options: ClusterSimulation;
  readonly #random: SeededRandom;
  /** Of its own, so that a seed plays the same with every skew. */
  readonly #skews: SeededRandom;
  readonly #cluster = new SimulatedCluster();
  readonly #workload = new SimulatedWorkload(this.#cluster);
  readonly #flaws: string[] = [];
  readonly #controllers: SimulatedController[] = [];
  readonly #specs = new Map<string, readonly string[]>();
  #deaths = 0;
  #isDying = false;
  #leave: { readonly controller: SimulatedController; looks: number } | null = null;

  constructor(options: ClusterSimulation) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#skews = new SeededRandom(options.seed + 1_000_003);
  }

  async play(): Promise<ClusterSimulated> {
    const cluster = this.#cluster;
    await cluster.namespace();
    await this.#workload.create();
    for (const pod of ['db-0', 'db-1', 'db-2']) cluster.aheadMs.set(pod, this.#skew());
    this.#start();
    const names = ['one', 'two', 'three'].slice(0, 1 + this.#random.integer(3));
    for (const name of names) {
      const { pods, spec } = randomExperiment(this.#random);
      this.#specs.set(name, pods);
      await cluster.experiment(name, spec);
    }
    const asked = new Map(names.map((name) => [name, this.#incident()]));
    await cluster.until('every run is over', () => this.#look(names, asked), 3_600_000);
    await this.#lookAtEnd(names);
    for (const controller of this.#controllers) await controller.stop();
    return { verdicts: await this.#verdicts(names), deaths: this.#deaths, flaws: this.#flaws };
  }

  #start(): void {
    const { clock, store } = this.#cluster;
    const { trouble, dies, ends } = this.#options;
    const random = new SeededRandom(this.#random.integer(2 ** 31));
    let isDead = false;
    const api = unreliableApi(store, {
      ...{ trouble, random, clock, isDead: () => isDead },
      onWrite: () => {
        if (isDead || this.#deaths >= mostDeaths || !random.chance(dies)) return;
        this.#deaths += 1;
        this.#isDying = true;
        isDead = ends === 'killed';
      },
    });
    this.#controllers.push(this.#cluster.controller(api, this.#skew()));
  }

  #skew(): number {
    const { skewMs } = this.#options;
    return this.#skews.integer(2 * skewMs + 1) - skewMs;
  }

  #incident(): Incident {
    const what = this.#random.one([
      ...(['nothing', 'nothing', 'nothing', 'stop', 'stop', 'delete', 'delete'] as const),
      ...(['pod', 'pod', 'node', 'node', 'namespace'] as const),
    ]);
    return { what, looks: 3 + this.#random.integer(60) };
  }

  /** Between two moments: what must hold always, then what is to happen. */
  async #look(names: readonly string[], asked: ReadonlyMap<string, Incident>): Promise<boolean> {
    this.#changeLeader();
    await this.#lookAtFaults();
    for (const [name, incident] of asked) {
      incident.looks -= 1;
      if (incident.looks === 0) await this.#happen(name, incident.what);
    }
    await this.#workload.keep();
    return (await Promise.all(names.map((name) => this.#isThrough(name)))).every((one) => one);
  }

  #changeLeader(): void {
    if (this.#leave !== null) {
      this.#leave.looks -= 1;
      if (this.#leave.looks > 0) return;
      this.#leave.controller.kill();
      this.#leave = null;
    }
    if (!this.#isDying) return;
    this.#isDying = false;
    const old = this.#controllers.at(-1);
    if (old && this.#options.ends === 'doubled') this.#leave = { controller: old, looks: doubledLooks };
    else old?.kill();
    this.#start();
  }

  async #isThrough(name: string): Promise<boolean> {
    const found = await this.#cluster.find(name);
    return (
      found === null || ((await this.#cluster.isOver(name)) && (found.metadata.finalizers ?? []).length === 0)
    );
  }

  async #happen(name: string, what: Incident['what']): Promise<void> {
    const { store } = this.#cluster;
    const target = { resource: resources.experiments, namespace, name };
    const pod = this.#random.one(['db-0', 'db-1']);
    if (what === 'delete') await store.remove(target);
    if (what === 'pod' || what === 'node')
      await store.remove({ resource: resources.pods, namespace, name: pod });
    if (what === 'node')
      await store.remove({ resource: resources.nodes, namespace: null, name: `node-${pod}` });
    if (what === 'stop' && (await this.#cluster.find(name)) !== null)
      await store.patch(target, { kind: 'merge', body: { spec: { stop: { reason: 'test' } } } });
    if (what === 'namespace') {
      store.intercept = (call, of) => {
        if (call === 'create' && of.namespace === namespace)
          throw new HavocError('kube.forbidden', 'because it is being terminated');
      };
      await this.#workload.goes();
    }
  }

  /** Never beyond the blast radius, and never on without a finalizer. */
  async #lookAtFaults(): Promise<void> {
    for (const key of await this.#cluster.armed()) {
      const [pod = '', fault = ''] = key.split(' ');
      const name = fault.split('.', 1)[0] ?? '';
      if (!this.#specs.get(name)?.includes(pod)) this.#flaw(`${key} is no target of ${name}`);
      if ((await this.#cluster.finalizersOf(name)).length === 0)
        this.#flaw(`${key} is on, and nothing holds ${name}`);
    }
    for (const { run, what } of await this.#workload.changed()) {
      const pods = this.#specs.get(run) ?? [];
      if (!pods.some((pod) => what.endsWith(` of node-${pod}`))) this.#flaw(`${what} is no target of ${run}`);
      if ((await this.#cluster.finalizersOf(run)).length === 0)
        this.#flaw(`${what} is on, and nothing holds ${run}`);
    }
  }

  async #lookAtEnd(names: readonly string[]): Promise<void> {
    const armed = await this.#cluster.armed();
    if (armed.length > 0) this.#flaw(`${armed.join(', ')} after the end`);
    const left = await this.#cluster.annotations();
    if (left.length > 0) this.#flaw(`annotations are left: ${left.join(', ')}`);
    for (const what of await this.#workload.left()) this.#flaw(`after the end ${what}`);
    for (const name of names) {
      const status = (await this.#cluster.find(name))?.status;
      if (status?.reason === 'FaultLeft') this.#flaw(`${name}: ${status.message}`);
      if (status !== undefined) await this.#lookAtTimes(name);
    }
  }

  /** Whoever goes on with a run, and by whatever clock: its time does not go back. */
  async #lookAtTimes(name: string): Promise<void> {
    const times = (await this.#cluster.journal(name)).map(({ atMs }) => atMs);
    const back = times.findIndex((atMs, index) => atMs < (times[index - 1] ?? 0));
    if (back > 0) this.#flaw(`${name}: from ${times[back - 1]} ms its time goes back to ${times[back]} ms`);
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
