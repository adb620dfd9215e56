/**
 * The life of one run: its journal read, the engine carried on from there, its status told, and at the end everything taken
 * back before the finalizer goes.
 *
 *     object ─► journal ─► execute ─► over ─► last status ─► finalizer away
 *                 └─ lost, or not to be written ─► let go ─────────┘
 *
 * Whoever carries it out may die anywhere: the next one begins at the journal.
 */
import { hasCode } from '../core/havoc-error.js';
import { afterEvent } from '../experiment/engine/after-event.js';
import { planOf } from '../experiment/engine/plan.js';
import { newRun, type Run } from '../experiment/engine/run.js';
import type { Experiment } from '../experiment/file/experiment.js';
import type { JournalEvent } from '../experiment/journal/events.js';
import { measure } from '../experiment/probes/measure.js';
import { execute } from '../experiment/run/execute.js';
import type { RunLedger } from '../experiment/run/kept-ledger.js';
import type { ReadSecret } from '../experiment/secret.js';
import { KubernetesWorld } from '../experiment/worlds/kubernetes/kubernetes-world.js';
import {
  type ExperimentObject,
  endingOf,
  experimentOf,
  isHeld,
  isThrough,
  targetOf,
} from './experiment-object.js';
import { hold, release } from './finalizer.js';
import { KeptJournal } from './kept-journal.js';
import type { KeptRunOptions } from './kept-run-options.js';
import { letGo } from './let-go.js';
import { statusOf } from './run-status.js';
import { letGoRun, refusedRun } from './runs-without-end.js';
import { StatusWriter } from './status-writer.js';

/** Resolves when nothing is left to be done for it; rejects where it has to be taken up again. `replayed`: its claims are made. */
export async function keepRun(options: KeptRunOptions, replayed: () => void): Promise<void> {
  try {
    const known = options.object();
    if (known === undefined || isThrough(known)) return;
    // What is known may be of before its end.
    const object = await options.api.get<ExperimentObject>(targetOf(known));
    if (object === null || object.metadata.uid !== known.metadata.uid || isThrough(object)) return;
    await new KeptRun(options, object).live(replayed);
  } finally {
    replayed();
  }
}

class KeptRun {
  readonly #options: KeptRunOptions;
  readonly #object: ExperimentObject;
  readonly #status: StatusWriter;
  #run: Run = newRun;
  #isHeld: boolean;

  constructor(options: KeptRunOptions, object: ExperimentObject) {
    this.#options = options;
    this.#object = object;
    this.#isHeld = isHeld(object);
    this.#status = new StatusWriter({ ...options, experiment: object });
  }

  async live(replayed: () => void): Promise<void> {
    const { signal } = this.#options;
    try {
      const journal = await this.#journal();
      if (journal === null) return await this.#letGo('JournalLost', 'its journal is lost, or cannot be read');
      if (journal.past.length === 0 && this.#isHeld)
        return await this.#letGo('JournalLost', 'its journal is lost');
      this.#replay(journal.past);
      replayed();
      if (this.#run.phase !== 'over') await this.#execute(journal);
      else await this.#ledgerOf(journal)?.close(true);
      await this.#end();
    } catch (error) {
      // A namespace that is to go takes no journal any more; an object that is to go is let go all the same.
      const isToGo = this.#now()?.metadata.deletionTimestamp !== undefined;
      if (!isToGo || signal.aborted || !hasCode(error, 'kube.forbidden', 'kube.not-found')) throw error;
      await this.#letGo('JournalLost', 'the journal could not be written any more, for its namespace goes');
    } finally {
      this.#options.claims.release(this.#key);
      await this.#status.close();
    }
  }

  get #key(): string {
    const { namespace, name } = this.#object.metadata;
    return `${namespace}/${name}`;
  }

  /** Undefined where it is gone, or another has its name. */
  #now(): ExperimentObject | undefined {
    const object = this.#options.object();
    return object?.metadata.uid === this.#object.metadata.uid ? object : undefined;
  }

  /** Null where it cannot be read. */
  async #journal(): Promise<KeptJournal | null> {
    const { api, clock, signal } = this.#options;
    try {
      return await KeptJournal.open({ api, clock, signal, experiment: this.#object });
    } catch (error) {
      if (!hasCode(error, 'experiment.journal-unreadable', 'experiment.journal-foreign')) throw error;
      this.#options.onError(error);
      return null;
    }
  }

  #replay(past: readonly JournalEvent[]): void {
    this.#run = past.reduce(afterEvent, newRun);
    this.#claim();
  }

  /** A dry run keeps nobody away. */
  #claim(): void {
    if (this.#object.spec?.dryRun === true) return;
    const places = [...(this.#run.targets?.values() ?? [])].flat();
    if (places.length > 0)
      this.#options.claims.claim(
        this.#key,
        places.map(({ uid }) => uid),
      );
  }

  async #execute(journal: KeptJournal): Promise<void> {
    const experiment = experimentOf(this.#object);
    if (typeof experiment === 'string') return this.#refuse(journal, experiment);
    const { clock, version, secretsOf, cluster } = this.#options;
    const { namespace = '' } = this.#object.metadata;
    const plan = planOf(experiment);
    const secret = secretsOf(namespace);
    const ledger = this.#ledgerOf(journal);
    let isOver = false;
    const ending = new AbortController();
    const lookAtObject = (): void => {
      const object = this.#now();
      const reason = object === undefined ? 'the experiment is gone' : endingOf(object);
      if (reason !== null) ending.abort(reason);
    };
    const stopListening = this.#options.onObject(lookAtObject);
    lookAtObject();
    const stopLooking = cluster.look(namespace, () => {});
    const world = this.#world(experiment, plan, secret);
    try {
      await execute({
        ...{ plan, clock, version, ledger, past: journal.past },
        world,
        append: (event) => this.#append(journal, event),
        flush: (toBeSure) => journal.flush(toBeSure),
        measure: (question, signal) =>
          measure(question, { clock, signal, secret, variables: {}, ledger: () => ledger?.now() ?? null }),
        signal: ending.signal,
      });
      isOver = true;
    } finally {
      stopListening();
      await ledger?.close(isOver);
      await world.close();
      await stopLooking();
    }
  }

  /** Null where it has none. */
  #ledgerOf({ past }: KeptJournal): RunLedger | null {
    const { ledgerOf, secretsOf } = this.#options;
    const { namespace = '', uid = '' } = this.#object.metadata;
    const experiment = experimentOf(this.#object);
    if (typeof experiment === 'string') return null;
    const secret = secretsOf(namespace);
    return ledgerOf({ experiment, plan: planOf(experiment), namespace, uid, secret, past });
  }

  #world(experiment: Experiment, plan: ReturnType<typeof planOf>, secret: ReadSecret): KubernetesWorld {
    const { api, clock, cluster, readSidecar, claims, ours, stopped } = this.#options;
    const { namespace = '', name, uid = '' } = this.#object.metadata;
    return new KubernetesWorld({
      ...{
        namespace,
        name,
        uid,
        spec: experiment.spec,
        plan,
        api,
        clock,
        cluster,
        readSidecar,
        secret,
        ours,
        stopped,
      },
      object: () => ({ isHeld: this.#isHeld, isPaused: this.#now()?.spec?.paused === true }),
      hold: () => this.#hold(),
      otherRuns: () => claims.before(this.#key),
    });
  }

  #append(journal: KeptJournal, event: JournalEvent): void {
    journal.append(event);
    this.#run = afterEvent(this.#run, event);
    if (event.type === 'targets-resolved') this.#claim();
    this.#options.tell(this.#object, event);
    const run = this.#run;
    const isTold = event.type !== 'measured' && event.type !== 'traffic' && run.phase !== 'over';
    // The end is told when it is written for good.
    if (isTold) this.#status.offer(() => this.#statusOf(run));
  }

  #statusOf(run: Run) {
    const { metadata, status } = this.#now() ?? this.#object;
    return statusOf({
      ...{ name: metadata.name, generation: metadata.generation ?? 0, run },
      wallMs: this.#options.clock.wallMs(),
      before: status?.conditions ?? [],
    });
  }

  /** Nothing was touched, and nothing will be. */
  async #refuse(journal: KeptJournal, message: string): Promise<void> {
    const { clock, version } = this.#options;
    const { name } = this.#object.metadata;
    for (const event of refusedRun({ name, version, wallMs: clock.wallMs(), message }))
      this.#append(journal, event);
    await journal.flush();
  }

  async #hold(): Promise<void> {
    await hold(this.#options.api, this.#object);
    this.#isHeld = true;
  }

  async #end(): Promise<void> {
    await this.#status.writeLast(this.#statusOf(this.#run));
    await release(this.#options.api, this.#object);
    this.#isHeld = false;
  }

  async #letGo(reason: string, why: string): Promise<void> {
    const { api, clock, readSidecar } = this.#options;
    const { namespace = '', name, uid = '' } = this.#object.metadata;
    const left = await letGo({ api, clock, readSidecar, namespace, name, uid });
    const nowMs = clock.wallMs();
    const events = letGoRun({ reason, why, left });
    const known: Run = this.#run.startedAtMs > 0 ? this.#run : { ...newRun, startedAtMs: nowMs };
    this.#run = events.reduce(afterEvent, known);
    await this.#end();
  }
}
