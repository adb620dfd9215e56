/**
 * A run of a cluster, followed to its end: its object is watched, and its journal read as it grows.
 *
 *     watch of the Experiment ─┐
 *     every 2 s ───────────────┴─► object, then journal ─► what is new of it ─► told
 *
 * The object is read first: once it has a verdict, its journal has all. Where it cannot be watched it is looked at every
 * 2 s alone.
 */
import type { ExperimentObject } from '../../../controller/experiment-object.js';
import type { Clock } from '../../../core/clock.js';
import { HavocError, hasCode, messageOf } from '../../../core/havoc-error.js';
import { sleep } from '../../../core/sleep.js';
import type { JournalEvent } from '../../../experiment/journal/events.js';
import type { Journal } from '../../../experiment/journal/read-journal.js';
import type { Judgement } from '../../../experiment/verdict.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import { WatchCache } from '../../../kube/watch-cache.js';
import { clusterLimits } from '../cluster-limits.js';
import { type Runs, readRunJournal, runTarget } from './find-run.js';

export interface FollowOptions {
  readonly runs: Runs;
  readonly run: KubeObject;
  readonly clock: Clock;
  /** Aborts where nobody wants to follow it any more; it goes on. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: JournalEvent) => void;
  /** What keeps it from being read, for now, or its journal for good. */
  readonly onTrouble: (message: string) => void;
}

export type FollowEnd =
  | { readonly kind: 'over'; readonly judgement: Judgement; readonly journal: Journal | null }
  /** Somebody deleted it. */
  | { readonly kind: 'gone'; readonly journal: Journal | null }
  /** No controller has taken it up. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'left'; readonly journal: Journal | null };

/** Rejects where the run may not be read. */
export async function followRun(options: FollowOptions): Promise<FollowEnd> {
  const { clock, signal } = options;
  const bell = new Bell(options);
  const reader = new JournalReader(options);
  const untilMs = clock.monotonicMs() + clusterLimits.takenUpMs;
  try {
    for (;;) {
      const object = await looked(options);
      if (object !== undefined) {
        const journal = await reader.read();
        const judgement = judgementOf(object, journal);
        if (judgement !== null) return { kind: 'over', judgement, journal };
        if (object === null) return { kind: 'gone', journal };
        const isTaken = object.status?.phase !== undefined || journal !== null;
        if (!isTaken && clock.monotonicMs() >= untilMs) return { kind: 'waiting' };
      }
      if (signal.aborted) return { kind: 'left', journal: reader.last };
      await bell.wait();
    }
  } finally {
    await bell.close();
  }
}

/** It is deleted again by who made it. */
export const noController = (name: string): HavocError =>
  new HavocError(
    'experiment.no-controller',
    `no controller took up experiment ${name} within ${clusterLimits.takenUpMs / 1000} s; nothing was started, and it is deleted again. To see why: kubectl get pods -A -l app.kubernetes.io/component=controller; without any: install havock8s with controller.enabled`,
  );

/** Null: it is gone, or another has its name. Undefined: the API server does not answer now. */
async function looked({
  runs: { api, namespace },
  run: { metadata },
  onTrouble,
}: FollowOptions): Promise<ExperimentObject | null | undefined> {
  try {
    const object = await api.get<ExperimentObject>(runTarget(namespace, metadata.name));
    return object?.metadata.uid === metadata.uid ? object : null;
  } catch (error) {
    if (!isPassing(error)) throw error;
    onTrouble(error.message);
    return undefined;
  }
}

const isPassing = (error: unknown): error is HavocError =>
  error instanceof HavocError && !hasCode(error, 'kube.forbidden', 'kube.unauthorized', 'kube.config');

/** The journal has more of it than the status, but may be lost. */
function judgementOf(object: ExperimentObject | null, journal: Journal | null): Judgement | null {
  const judged = journal?.events.findLast((event) => event.type === 'judged');
  const { verdict, data = 'Unknown', reason = '', message = '' } = object?.status ?? {};
  // Behind the verdict of the journal it is still cleaned up.
  if (object !== null && verdict === undefined) return null;
  if (judged?.type === 'judged') {
    const { type: _, atMs: __, ...judgement } = judged;
    return judgement;
  }
  return verdict === undefined ? null : { verdict, data, reason, message, deviated: false };
}

class JournalReader {
  readonly #options: FollowOptions;
  #told = 0;
  #isRefused = false;
  last: Journal | null = null;

  constructor(options: FollowOptions) {
    this.#options = options;
  }

  /** What was read last, where it cannot be read now. */
  async read(): Promise<Journal | null> {
    const { runs, run, onTrouble, onEvent } = this.#options;
    if (this.#isRefused) return this.last;
    try {
      this.last = (await readRunJournal(runs, run)) ?? this.last;
    } catch (error) {
      if (!(error instanceof HavocError)) throw error;
      this.#isRefused = hasCode(error, 'kube.forbidden', 'experiment.journal-unreadable');
      const why = messageOf(error);
      onTrouble(
        this.#isRefused ? `its journal cannot be read, so that its verdict alone is told: ${why}` : why,
      );
    }
    const events = this.last?.events ?? [];
    for (const event of events.slice(this.#told)) onEvent(event);
    this.#told = Math.max(this.#told, events.length);
    return this.last;
  }
}

/** Rings when the object has changed, when it is time to look, or when nobody wants to wait any more. */
class Bell {
  readonly #options: FollowOptions;
  readonly #watch: WatchCache<null>;
  #nap = new AbortController();

  constructor(options: FollowOptions) {
    const { runs, run, clock } = options;
    this.#options = options;
    this.#watch = new WatchCache({
      api: runs.api,
      selection: {
        ...{ resource: resources.experiments, namespace: runs.namespace },
        fieldSelector: `metadata.name=${run.metadata.name}`,
      },
      ...{ keep: () => null, clock, random: Math.random },
    });
    this.#watch.onChange(() => this.#nap.abort());
  }

  async wait(): Promise<void> {
    const { clock, signal } = this.#options;
    const any = AbortSignal.any([this.#nap.signal, signal]);
    await sleep(clusterLimits.followMs, { clock, signal: any });
    this.#nap = new AbortController();
  }

  close(): Promise<void> {
    return this.#watch.stop();
  }
}
