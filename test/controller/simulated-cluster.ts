/**
 * A cluster in memory, with time that is passed in: an API server, pods whose sidecars do what their annotations say, and
 * controllers that may be killed.
 */

import type { ExperimentObject } from '../../controller/experiment-object.js';
import { KeptJournal } from '../../controller/kept-journal.js';
import { NodeSweeper } from '../../controller/node-sweeper.js';
import { RunClaims } from '../../controller/run-claims.js';
import { Runs } from '../../controller/runs.js';
import type { Clock } from '../../core/clock.js';
import { faultPrefix } from '../../core/keys.js';
import { afterEvent } from '../../experiment/engine/after-event.js';
import { newRun, type Run } from '../../experiment/engine/run.js';
import type { JournalEvent } from '../../experiment/journal/events.js';
import { ClusterView } from '../../experiment/worlds/kubernetes/cluster-view.js';
import type { PodView } from '../../experiment/worlds/kubernetes/pod-view.js';
import type { SidecarSays } from '../../experiment/worlds/kubernetes/sidecar-reader.js';
import { parse } from '../../faults/parse.js';
import type { KubeApi } from '../../kube/kube-api.js';
import type { KubeObject } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { WatchCache } from '../../kube/watch-cache.js';
import { ManualClock } from '../core/manual-clock.js';
import { ObjectStore } from '../kube/object-store.js';

export const namespace = 'shop';

interface Armed {
  readonly untilMs: number;
  readonly sinceMs: number;
  isOff: boolean;
}

export class SimulatedCluster {
  readonly clock = new ManualClock(1_800_000_000_000);
  readonly store = new ObjectStore();
  /** As controllers have it. */
  api: KubeApi = this.store;
  readonly errors: unknown[] = [];
  /** By pod and fault. */
  readonly #armed = new Map<string, Armed>();
  /** Pods whose sidecar does not answer. */
  readonly silent = new Set<string>();
  /** By pod: so far the clock of its node is ahead of the API server's. */
  readonly aheadMs = new Map<string, number>();
  /** Who has stopped everything. */
  stopped: string | null = null;
  /** Every fault that was ever on, as `pod fault`. */
  readonly hit = new Set<string>();

  constructor() {
    this.store.wallMs = () => this.clock.wallMs();
  }

  async namespace(
    labels: Readonly<Record<string, string>> = { 'havock8s.io/injection': 'enabled' },
  ): Promise<void> {
    await this.store.create(
      { resource: resources.namespaces, namespace: null },
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
    );
  }

  async pod(
    name: string,
    more: {
      labels?: Record<string, string>;
      owner?: string;
      ownerUid?: string;
      isReady?: boolean;
      address?: string;
    } = {},
  ): Promise<KubeObject> {
    const { labels = { app: 'db' }, owner = 'db', ownerUid = `set-${owner}` } = more;
    const { isReady = true, address = '10.0.0.1' } = more;
    const pod = {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        ...{ name, namespace, labels },
        annotations: { 'havock8s.io/status': JSON.stringify({ version: '0', readOnlyPort: 7809 }) },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'StatefulSet', name: owner, uid: ownerUid, controller: true },
        ],
      },
      spec: { nodeName: `node-${name}`, containers: [{ name: 'db', image: 'db' }] },
      status: { podIP: address, conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
    };
    return this.store.create({ resource: resources.pods, namespace }, pod);
  }

  async experiment(name: string, spec: object): Promise<ExperimentObject> {
    const object = {
      apiVersion: 'havock8s.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name, namespace },
      spec,
    };
    return this.store.create({ resource: resources.experiments, namespace }, object as ExperimentObject);
  }

  find(name: string): Promise<ExperimentObject | null> {
    return this.store.get<ExperimentObject>({ resource: resources.experiments, namespace, name });
  }

  async finalizersOf(name: string): Promise<readonly string[]> {
    return (await this.find(name))?.metadata.finalizers ?? [];
  }

  /** Armed in truth, now. */
  async armed(): Promise<readonly string[]> {
    await this.#settle();
    return [...this.#armed].filter(([key, one]) => this.#isOn(key, one)).map(([key]) => key);
  }

  async pods(): Promise<readonly string[]> {
    const { items } = await this.store.list<KubeObject>({ resource: resources.pods, namespace });
    return items.map(({ metadata: { name } }) => name).toSorted();
  }

  /** Of pods: what asks for a fault, armed or not. */
  async annotations(): Promise<readonly string[]> {
    const { items } = await this.store.list<KubeObject>({ resource: resources.pods, namespace });
    return items.flatMap(({ metadata: { name, annotations = {} } }) =>
      Object.keys(annotations).flatMap((key) =>
        key.startsWith(faultPrefix) ? [`${name} ${key.slice(faultPrefix.length)}`] : [],
      ),
    );
  }

  /** As its journal tells it. */
  async run(name: string): Promise<Run> {
    return (await this.journal(name)).reduce(afterEvent, newRun);
  }

  async journal(name: string): Promise<readonly JournalEvent[]> {
    const experiment = await this.find(name);
    if (experiment === null) throw new Error(`no ${name}`);
    const { store: api, clock } = this;
    const { signal } = new AbortController();
    return (await KeptJournal.open({ api, clock, experiment, signal })).past;
  }

  /** Until it holds; the bound is of simulated time. */
  async until(what: string, holds: () => Promise<boolean> | boolean, boundMs = 600_000): Promise<void> {
    const endMs = this.clock.monotonicMs() + boundMs;
    for (let idle = 0; ; ) {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      if (await holds()) return;
      if (this.clock.monotonicMs() > endMs) throw new Error(`not within ${boundMs} ms: ${what}`);
      idle = this.clock.pending === 0 ? idle + 1 : 0;
      if (idle > 100) throw new Error(`nothing is waited for: ${what}`);
      if (idle === 0) this.clock.advance(Math.min(this.clock.nextInMs(), 500));
    }
  }

  async isOver(name: string): Promise<boolean> {
    return ((await this.find(name))?.status?.verdict ?? '') !== '';
  }

  /** What the annotations of a pod say is what its sidecar does, from the next look on. */
  readSidecar = async (pod: PodView): Promise<SidecarSays> => {
    if (this.silent.has(pod.name)) throw new Error('connection refused');
    await this.#settle();
    const faults = [...this.#armed].flatMap(([key, one]) => {
      const [on = '', name = ''] = key.split(' ');
      if (on !== pod.name) return [];
      const onMs = Math.min(this.clock.wallMs(), one.untilMs - this.#aheadOf(on)) - one.sinceMs;
      const injected = Math.floor(Math.max(0, onMs) / 100);
      const state = this.#isOn(key, one) ? 'armed' : 'expired';
      return [{ name, state, reason: null, sentence: '', tallies: { matched: injected, injected } }];
    });
    return { faults, aheadMs: this.#aheadOf(pod.name) };
  };

  #aheadOf = (pod: string): number => this.aheadMs.get(pod) ?? 0;

  /** By the clock of its node. */
  #isOn(key: string, { isOff, untilMs }: Armed): boolean {
    return !isOff && this.clock.wallMs() + this.#aheadOf(key.split(' ', 1)[0] ?? '') < untilMs;
  }

  async #settle(): Promise<void> {
    const { items } = await this.store.list<KubeObject>({ resource: resources.pods, namespace });
    const asked = new Map(
      items.flatMap(({ metadata: { name, annotations = {} } }) =>
        Object.entries(annotations).flatMap(([key, sentence]) =>
          key.startsWith('fault.havock8s.io/')
            ? [[`${name} ${key.slice('fault.havock8s.io/'.length)}`, sentence] as [string, string]]
            : [],
        ),
      ),
    );
    for (const [key, one] of this.#armed) if (!asked.has(key)) one.isOff = true;
    for (const [key, sentence] of asked) this.#arm(key, sentence);
    const names = new Set(items.map(({ metadata }) => metadata.name));
    for (const key of [...this.#armed.keys()])
      if (!names.has(key.split(' ')[0] ?? '')) this.#armed.delete(key);
  }

  #arm(key: string, sentence: string): void {
    const parsed = parse(sentence);
    if (parsed.kind !== 'fault' || parsed.fault.deadline.kind !== 'until')
      throw new Error(`${key}: ${sentence} has no absolute end`);
    const untilMs = parsed.fault.deadline.epochMs;
    if (this.#armed.get(key)?.untilMs === untilMs) return;
    const armed = { untilMs, sinceMs: this.clock.wallMs(), isOff: false };
    this.#armed.set(key, armed);
    if (this.#isOn(key, armed)) this.hit.add(key);
  }

  /** Its clock is ahead of the API server's by so much. */
  controller(api = this.api, aheadMs = 0): SimulatedController {
    return new SimulatedController(this, api, aheadMs);
  }
}

export class SimulatedController {
  readonly #experiments: WatchCache<ExperimentObject>;
  readonly #cluster: ClusterView;
  readonly #runs: Runs;
  readonly #sweeper: NodeSweeper;
  readonly #simulated: SimulatedCluster;

  constructor(simulated: SimulatedCluster, api: KubeApi, aheadMs: number) {
    const { clock: exact, errors } = simulated;
    const clock: Clock = {
      wallMs: () => exact.wallMs() + aheadMs,
      monotonicMs: () => exact.monotonicMs(),
      after: (ms, run) => exact.after(ms, run),
    };
    const readSidecar = async (pod: PodView): Promise<SidecarSays> => {
      const says = await simulated.readSidecar(pod);
      return { ...says, aheadMs: says.aheadMs - aheadMs };
    };
    this.#simulated = simulated;
    const watching = { api, clock, random: () => 0.5, onError: (error: unknown) => void errors.push(error) };
    this.#experiments = new WatchCache({
      ...{ ...watching, selection: { resource: resources.experiments, namespace: null } },
      keep: (object: KubeObject) => object as ExperimentObject,
    });
    this.#cluster = new ClusterView(watching);
    this.#runs = new Runs({
      ...watching,
      ...{ experiments: this.#experiments, cluster: this.#cluster, readSidecar, claims: new RunClaims() },
      ...{
        ours: () => new Map(),
        stopped: () => simulated.stopped,
        version: '0',
        ledgerOf: () => null,
        tell: () => {},
      },
      secretsOf: () => async () => '',
    });
    this.#sweeper = new NodeSweeper(watching);
    this.#runs.lead(true);
    this.#sweeper.lead(true);
  }

  /** As if it were killed: what it has begun is left as it is. */
  kill(): void {
    this.#runs.lead(false);
    this.#sweeper.lead(false);
  }

  /** The lease went, and came back before what was going on could be left. */
  leadAgain(): void {
    this.#runs.lead(false);
    this.#runs.lead(true);
  }

  async stop(): Promise<void> {
    this.#sweeper.lead(false);
    let isStopped = false;
    void this.#runs.stop().then(() => {
      isStopped = true;
    });
    await this.#simulated.until('the controller has stopped', () => isStopped);
    await Promise.all([this.#experiments.stop(), this.#cluster.stop()]);
  }
}
