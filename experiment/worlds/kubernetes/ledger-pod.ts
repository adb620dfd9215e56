/**
 * The ledger of a run that a pod keeps beside the application: ordered by an annotation of that pod, and believed by what
 * it says at its read-only port. It outlives whoever carries the run on; where it does not answer, nothing is known.
 *
 *     begin, read back ─► annotation ─► the pod ─► database
 *     now, traffic, result ◄─ GET ───────┘
 */
import type { Clock } from '../../../core/clock.js';
import { hasCode, messageOf } from '../../../core/havoc-error.js';
import { annotation, ledgerLabel, ledgerValue } from '../../../core/keys.js';
import { sleep } from '../../../core/sleep.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { limits as engineLimits } from '../../engine/limits.js';
import type { Plan } from '../../engine/plan.js';
import type { PodLedgerSpec } from '../../file/ledger.js';
import type { JournalEvent, Traffic } from '../../journal/events.js';
import type { LedgerNow } from '../../ledger/ledger-now.js';
import { type LedgerOrder, readLedgerOrder } from '../../ledger/pod/ledger-order.js';
import type { LedgerPage } from '../../ledger/pod/ledger-page.js';
import type { LedgerResult } from '../../ledger/result.js';
import type { RunLedger } from '../../run/kept-ledger.js';
import type { ClusterView } from './cluster-view.js';
import { LedgerPodReader } from './ledger-pod-reader.js';

export interface LedgerPodOptions {
  readonly spec: PodLedgerSpec;
  readonly plan: Plan;
  readonly namespace: string;
  /** Of the run. */
  readonly uid: string;
  /** What is written of the run by now: by whoever carried it on before, too. */
  readonly past: readonly JournalEvent[];
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly cluster: Pick<ClusterView, 'pod'>;
  /** Where its pod is read; the usual one without it. */
  readonly port?: number;
}

const limits = {
  /** How often it is looked at. */
  lookMs: 500,
  /** Then it is told why it has not begun, and the engine asks again. */
  beginMs: 10_000,
  /** Less than the engine waits: it is to be known why. */
  readBackMs: engineLimits.readBackMs - 10_000,
  /** Of a run that takes as long as it may. */
  marginMs: 60_000,
} as const;

type Counts = Pick<LedgerNow, 'acknowledged' | 'refused' | 'unknown'>;

export class LedgerPod implements RunLedger {
  readonly #options: LedgerPodOptions;
  readonly #name: string;
  readonly #reader: LedgerPodReader;
  readonly #over = new AbortController();
  #following: Promise<void> | null = null;
  /** As it was last read; null: it did not answer, or keeps no ledger of this run. */
  #page: LedgerPage | null = null;
  #told: Counts;
  #toldPage: LedgerPage | null = null;

  constructor(options: LedgerPodOptions) {
    const { spec, past, cluster, namespace, port } = options;
    this.#options = options;
    this.#name = `${spec.statefulSet}-0`;
    this.#reader = new LedgerPodReader({
      pod: () => cluster.pod(namespace, this.#name),
      ...(port !== undefined && { port }),
    });
    this.#told = toldIn(past);
    if (past.some(({ type }) => type === 'ledger-began')) this.#following = this.#follow();
  }

  async begin(): Promise<void> {
    this.#page = await this.#within(limits.beginMs, 'has not begun to write', async () => {
      await this.#order('write');
      const page = await this.#reader.now();
      if (page.run !== this.#options.uid || page.state === 'idle') return null;
      if (page.state !== 'writes') throw new Refused(`${this.#name} says: ${page.message ?? page.state}`);
      return page;
    });
    this.#following ??= this.#follow();
  }

  now(): LedgerNow | null {
    return this.#page?.state === 'writes' ? this.#page.now : null;
  }

  /** What was written while nobody carried the run on is told with the rest. */
  traffic(): Traffic | null {
    const page = this.#page;
    if (page === null || page.now === null || page === this.#toldPage) return null;
    const { acknowledged, refused, unknown } = page.now;
    const more = (name: keyof Counts, count: number): number => Math.max(0, count - this.#told[name]);
    const traffic = {
      acknowledged: more('acknowledged', acknowledged),
      refused: more('refused', refused),
      unknown: more('unknown', unknown),
      p50Ms: page.latency?.p50Ms ?? null,
      p99Ms: page.latency?.p99Ms ?? null,
    };
    this.#told = { acknowledged, refused, unknown };
    this.#toldPage = page;
    return traffic;
  }

  async readBack(): Promise<LedgerResult> {
    const { result, message } = await this.#within(limits.readBackMs, 'has not read back', async () => {
      await this.#order('read-back');
      return this.#reader.report(this.#options.uid);
    });
    if (result === null) throw new Error(`${this.#name} says: ${message}`);
    return result;
  }

  async close(isOver: boolean): Promise<void> {
    this.#over.abort();
    await this.#following;
    // The kubelet changes a pod too, and may be faster once. Where it cannot be told, it ends at its time.
    if (isOver)
      await this.#letGo()
        .catch(() => this.#letGo())
        .catch(() => {});
  }

  async #follow(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#over;
    while (!signal.aborted) {
      const page = await this.#reader.now().catch(() => null);
      this.#page = page?.run === this.#options.uid ? page : null;
      await sleep(limits.lookMs, { clock, signal });
    }
  }

  /** Asks until there is something; rejects with the last reason, or at once where asking again would not help. */
  async #within<T>(ms: number, lacks: string, ask: () => Promise<T | null>): Promise<T> {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonicMs() + ms;
    for (;;) {
      let why = `${lacks} in time`;
      let refused: Refused | null = null;
      try {
        const answer = await ask();
        if (answer !== null) return answer;
      } catch (error) {
        refused = error instanceof Refused ? error : null;
        why = `${lacks} in time: ${messageOf(error)}`;
      }
      await sleep(limits.lookMs, { clock, signal: this.#over.signal });
      if (refused !== null) throw refused;
      if (clock.monotonicMs() >= deadlineMs || this.#over.signal.aborted)
        throw new Error(`the ledger in pod ${this.#name} ${why}`);
    }
  }

  async #order(want: LedgerOrder['want']): Promise<void> {
    const { uid, spec, plan, clock } = this.#options;
    const pod = await this.#pod();
    const known = orderOf(pod);
    const isOther = known !== null && known.run !== uid && Date.parse(known.until) > clock.wallMs();
    if (isOther)
      throw new Refused(`pod ${this.#name} keeps the ledger of the run ${known.run}; wait for its end`);
    if (known?.run === uid && (known.want === want || want === 'write')) return;
    const { writers, readers, operationTimeoutMs } = spec;
    const until = new Date(clock.wallMs() + longestMs(plan)).toISOString();
    const order: LedgerOrder = { run: uid, want, until, writers, readers, operationTimeoutMs };
    await this.#annotate(pod, JSON.stringify(order));
  }

  async #letGo(): Promise<void> {
    const pod = await this.#pod();
    if (orderOf(pod)?.run === this.#options.uid) await this.#annotate(pod, null);
  }

  async #pod(): Promise<KubeObject> {
    const { api, namespace } = this.#options;
    const pod = await api.get<KubeObject>({ resource: resources.pods, namespace, name: this.#name });
    if (pod === null)
      throw new Error(`there is no pod ${namespace}/${this.#name}; install the ledger that the run names`);
    if (pod.metadata.labels?.[ledgerLabel] !== ledgerValue)
      throw new Refused(`pod ${this.#name} keeps no ledgers; expected the label ${ledgerLabel}: "true"`);
    return pod;
  }

  /** Whoever was faster wins, and this is looked at again. */
  async #annotate({ metadata }: KubeObject, value: string | null): Promise<void> {
    const { api, namespace } = this.#options;
    const { uid, resourceVersion } = metadata;
    try {
      await api.patch(
        { resource: resources.pods, namespace, name: this.#name },
        {
          kind: 'merge',
          body: { metadata: { uid, resourceVersion, annotations: { [annotation.ledgerRun]: value } } },
        },
      );
    } catch (error) {
      if (!hasCode(error, 'kube.conflict')) throw error;
      throw new Error(`pod ${this.#name} was changed by another at the same time`, { cause: error });
    }
  }
}

/** Asking again would not help. */
class Refused extends Error {}

const orderOf = ({ metadata }: KubeObject): LedgerOrder | null =>
  readLedgerOrder(metadata.annotations?.[annotation.ledgerRun] ?? '');

const longestMs = ({ settleMs, timeLimitMs, recoveryObjectiveMs, finally: last }: Plan): number =>
  settleMs +
  timeLimitMs +
  engineLimits.recoveryPatience * recoveryObjectiveMs +
  last.timeLimitMs +
  engineLimits.readBackMs +
  limits.marginMs;

const toldIn = (past: readonly JournalEvent[]): Counts =>
  past.reduce<Counts>(
    (sum, event) =>
      event.type === 'traffic'
        ? {
            acknowledged: sum.acknowledged + event.acknowledged,
            refused: sum.refused + event.refused,
            unknown: sum.unknown + event.unknown,
          }
        : sum,
    { acknowledged: 0, refused: 0, unknown: 0 },
  );
