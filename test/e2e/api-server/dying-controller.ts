/**
 * One run after the other on a cluster whose controller is killed at chosen writes and started again, each until it is over.
 * It changes whatever an API server alone has: faults, replicas, a cordon and a taint.
 *
 *     N-th write ─ answered ─┬ given ─► killed ─┬─► the next controller ─► over, and all as it was
 *                            └ lost ──► killed ─┘
 */
import assert from 'node:assert/strict';
import { journalName } from '../../../experiment/journal/packed.js';
import { resources } from '../../../kube/resources.js';
import type { Running } from '../../cli/run-cli.js';
import { until } from '../../sidecar/mounted/until.js';
import { differences, type WholeCluster, wholeCluster } from '../whole-cluster.js';
import { type ApiRequest, isWrite } from './api-proxy.js';
import {
  type ControlledCluster,
  createExperiment,
  experimentNow,
  experiments,
  isThroughNow,
} from './controlled-cluster.js';
import { namespace } from './pods-without-nodes.js';

export interface Death {
  /** At which of the writes for the run the controller dies, from 1 on; null: it does not. */
  readonly at: number | null;
  /** Of the API server to that write: given before it dies, or never. */
  readonly answer: 'given' | 'lost';
}

export interface Played {
  /** What must be the same whoever died when. */
  readonly end: End;
  /** What was written for the run and taken, in order; each that a controller died at is marked. */
  readonly writes: readonly string[];
  /** Nobody was there for longer than something should have lasted: what had not begun by then can begin no more. */
  readonly isLate: boolean;
}

export interface End {
  readonly verdict: string;
  readonly data: string;
  readonly faults: readonly string[];
  readonly armed: readonly string[];
  readonly differences: readonly string[];
}

const patienceMs = 120_000;
/** Each fault and change. */
const lastsMs = 4000;
const lasts = `${lastsMs}ms`;
/** What it may take to begin, on a busy machine. */
const beginsMs = 1000;

export class DyingController {
  readonly #cluster: ControlledCluster;
  readonly #before: WholeCluster;
  #controller: Running | null = null;
  #diedAtMs: number | null = null;
  /** Since one had died, the last time. */
  #awayMs = 0;
  #runs = 0;

  private constructor(cluster: ControlledCluster, before: WholeCluster) {
    this.#cluster = cluster;
    this.#before = before;
  }

  static async over(cluster: ControlledCluster): Promise<DyingController> {
    return new DyingController(cluster, await wholeCluster(cluster.server.kubectl.kubeconfig));
  }

  async playUndisturbed(): Promise<Played> {
    const played = await this.play({ at: null, answer: 'given' });
    assert.deepEqual(played.end, {
      verdict: 'Passed: HypothesisHeld: the hypothesis held under 1 fault and 3 changes',
      ...{ data: 'Unknown', faults: ['slow on db-0 Off'], armed: [], differences: [] },
    });
    return played;
  }

  async play(death: Death): Promise<Played> {
    this.#runs += 1;
    const name = `run-${this.#runs}`;
    const writes: string[] = [];
    this.#awayMs = 0;
    this.#cluster.proxy.intercept = (answered) => {
      if (!isOfRun(answered)) return null;
      writes.push(`${answered.method} ${answered.path}`);
      const dying = this.#controller;
      if (dying === null || death.at !== writes.length) return null;
      this.#controller = null;
      this.#diedAtMs = performance.now();
      writes.push(`${writes.pop()} ✝`);
      return { isLost: death.answer === 'lost', after: () => dying.child.kill('SIGKILL') };
    };
    await this.#keepController();
    await createExperiment(this.#cluster, name, this.#spec());
    await until(async () => {
      await this.#keepController();
      return isThroughNow(this.#cluster, name);
    }, patienceMs).catch((error: unknown) => {
      throw new Error(`${name} does not come to its end:\n${writes.join('\n')}`, { cause: error });
    });
    const end = await this.#end(name);
    await this.#forget(name);
    return { end, writes, isLate: this.#awayMs > lastsMs - beginsMs };
  }

  async #keepController(): Promise<void> {
    this.#controller ??= await this.#cluster.startController();
    if (this.#diedAtMs !== null) this.#awayMs = performance.now() - this.#diedAtMs;
    this.#diedAtMs = null;
  }

  #spec(): object {
    const { host } = new URL(this.#cluster.sidecars.get('db-0')?.url ?? '');
    const tolerance = { after: { stableFor: '300ms' } };
    const probe = { name: 'answers', tcp: { address: host }, interval: '200ms', timeout: '2s', tolerance };
    return {
      targets: [{ name: 'db', pods: ['db-0'] }],
      safety: { allow: ['quorum', 'share'] },
      hypothesis: { probes: [probe] },
      steps: [
        { name: 'slow', fault: `disk latency 10ms on fsync for ${lasts}` },
        {
          parallel: [
            { name: 'fewer', scale: { replicas: 2, for: lasts } },
            { name: 'closed', node: { action: 'cordon', for: lasts } },
            { name: 'marked', node: { action: 'taint', for: lasts } },
          ],
        },
      ],
      assumptions: { minimumHits: 0 },
    };
  }

  async #end(name: string): Promise<End> {
    const { status } = (await experimentNow(this.#cluster, name)) ?? {};
    const { verdict, reason, message = '', data, faults = [] } = status ?? {};
    const armed = [...this.#cluster.sidecars].flatMap(([pod, { registry }]) =>
      registry.list().flatMap((fault) => (fault.state === 'armed' ? [`${fault.name} on ${pod}`] : [])),
    );
    return {
      // Without how long it took.
      verdict: `${verdict}: ${reason}: ${message.split(', ', 1)}`,
      data: `${data}`,
      faults: faults.map((fault) => `${fault.name} on ${fault.pod} ${fault.state}`),
      armed,
      differences: differences(this.#before, await wholeCluster(this.#cluster.server.kubectl.kubeconfig)),
    };
  }

  /** Nobody collects what a deleted object owned. */
  async #forget(name: string): Promise<void> {
    const { api } = this.#cluster;
    await api.remove({ ...experiments, name });
    await api.remove({ resource: resources.configMaps, namespace, name: journalName(name) });
  }
}

/** What a run that nobody carried on in time could not do, it says. What it leaves behind is the same: nothing. */
export function endsAlike({ end, writes, isLate }: Played, undisturbed: Played): void {
  const { verdict, faults } = isLate && end.verdict.startsWith('Error: StepFailed: ') ? end : undisturbed.end;
  assert.deepEqual(end, { ...undisturbed.end, verdict, faults }, writes.join('\n'));
}

/** A lease is renewed as time goes, and one that was refused changes nothing. */
const isOfRun = (answered: ApiRequest): boolean =>
  isWrite(answered) && answered.status < 300 && !answered.path.includes('/leases');
