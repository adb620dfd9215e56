/**
 * The journal of a run, in a ConfigMap that the run owns: parts of compressed lines, each written once.
 *
 *     append ─► lines ─ flush ─► a part more, under the resourceVersion that was read ─► durable
 *
 * Two controllers cannot both write: whoever comes second is under an old resourceVersion, finds that another one wrote last,
 * and stops, though both may have written the same. A write whose answer was lost is found there again.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.js';
import { HavocError, hasCode } from '../core/havoc-error.js';
import { sleep } from '../core/sleep.js';
import type { JournalEvent } from '../experiment/journal/events.js';
import {
  type JournalParts,
  journalName,
  nextKey,
  packed,
  readPacked,
  unpacked,
} from '../experiment/journal/packed.js';
import type { KubeApi } from '../kube/kube-api.js';
import type { KubeObject, Target } from '../kube/kube-object.js';
import { resources } from '../kube/resources.js';
import type { ExperimentObject } from './experiment-object.js';
import { controllerLimits } from './limits.js';

/** Of the ConfigMap: which controller wrote last. Another one has another, though it goes on with the same run. */
const writerAnnotation = 'havock8s.io/journal-writer';

interface ConfigMap extends KubeObject {
  readonly binaryData?: JournalParts;
}

export interface KeptJournalOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly experiment: ExperimentObject;
  /** Aborts where this controller may write no more. */
  readonly signal: AbortSignal;
}

export class KeptJournal {
  readonly #options: KeptJournalOptions;
  readonly #target: Target;
  readonly #writer = randomUUID();
  readonly past: readonly JournalEvent[];
  /** Parts that are written, by key: in base64. */
  #parts: JournalParts;
  /** Null: there is no ConfigMap yet. */
  #resourceVersion: string | null;
  #lines: string[] = [];
  #isUrgent = false;
  #writtenAtMs = Number.NEGATIVE_INFINITY;
  #leftOut = 0;

  private constructor(options: KeptJournalOptions, found: ConfigMap | null, past: readonly JournalEvent[]) {
    this.#options = options;
    this.#target = targetOf(options.experiment);
    this.#parts = found?.binaryData ?? {};
    this.#resourceVersion = found?.metadata.resourceVersion ?? null;
    this.past = past;
  }

  /** Rejects with HavocError where it cannot be read, or is no journal. */
  static async open(options: KeptJournalOptions): Promise<KeptJournal> {
    const found = await options.api.get<ConfigMap>(targetOf(options.experiment));
    const isOurs = found?.metadata.ownerReferences?.some(
      ({ uid }) => uid === options.experiment.metadata.uid,
    );
    if (found !== null && !isOurs)
      throw new HavocError(
        'experiment.journal-foreign',
        `ConfigMap ${found.metadata.name} is not of this run; delete it, or call the experiment otherwise`,
      );
    return new KeptJournal(options, found, eventsOf(found));
  }

  /** Successes that were left out, for the ConfigMap is bounded. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Throws where this controller may write no more. */
  append(event: JournalEvent): void {
    this.#options.signal.throwIfAborted();
    const isSuccess = event.type === 'measured' && event.outcome === 'Successful';
    if ((isSuccess || event.type === 'traffic') && this.#bytes > controllerLimits.journalBytes) {
      this.#leftOut += 1;
      return;
    }
    this.#lines.push(JSON.stringify({ ...event, atMs: Math.round(event.atMs) }));
    this.#isUrgent ||= !isSuccess && event.type !== 'traffic';
  }

  /**
   * Resolves once all that a decision may rest on is written. Rejects where it could not be, or somebody else has written.
   * `toBeSure`: also where there is nothing to write, it is asked whether somebody else has.
   */
  async flush(toBeSure = false): Promise<void> {
    const { clock, signal } = this.#options;
    signal.throwIfAborted();
    const isDue = clock.monotonicMs() - this.#writtenAtMs >= controllerLimits.writeEveryMs;
    if (this.#lines.length === 0) {
      if (toBeSure && this.#resourceVersion !== null) await this.#write(null);
      return;
    }
    if (!(this.#isUrgent || isDue || toBeSure)) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#isUrgent = false;
    await this.#write(packed(`${lines.join('\n')}\n`));
    this.#writtenAtMs = clock.monotonicMs();
    if (Object.keys(this.#parts).length >= controllerLimits.journalParts) await this.#makeOne();
  }

  /** Of what is written. Base64 takes a third more than what Kubernetes counts. */
  get #bytes(): number {
    return (Object.values(this.#parts).reduce((sum, part) => sum + part.length, 0) * 3) / 4;
  }

  /** Null: no part, but under the version that is known, so that it is ours still. */
  async #write(part: string | null): Promise<void> {
    const untilMs = this.#options.clock.monotonicMs() + controllerLimits.writePatienceMs;
    for (;;) {
      const key = nextKey(this.#parts);
      try {
        return await this.#tryToWrite(part === null ? {} : { [key]: part });
      } catch (error) {
        if (await this.#isWritten(key, part, error)) return;
        if (this.#options.clock.monotonicMs() >= untilMs) throw error;
      }
      await sleep(1000, { clock: this.#options.clock, signal: this.#options.signal });
      this.#options.signal.throwIfAborted();
    }
  }

  async #tryToWrite(parts: Readonly<Record<string, string | null>>): Promise<void> {
    const { api, experiment } = this.#options;
    const annotations = { [writerAnnotation]: this.#writer };
    const resourceVersion = this.#resourceVersion;
    const written =
      resourceVersion === null
        ? await api.create<ConfigMap>(
            this.#target,
            newConfigMap(experiment, { annotations, parts: { ...this.#parts, ...parts } }),
          )
        : await api.patch<ConfigMap>(this.#target, {
            kind: 'merge',
            body: { metadata: { resourceVersion, annotations }, binaryData: parts },
          });
    this.#take(written);
  }

  #take({ metadata, binaryData = {} }: ConfigMap): void {
    this.#resourceVersion = metadata.resourceVersion ?? null;
    this.#parts = binaryData;
  }

  /** Its answer was lost, or somebody else was faster: what is there says which. Throws where another run's controller wrote. */
  async #isWritten(key: string, part: string | null, error: unknown): Promise<boolean> {
    if (hasCode(error, 'kube.forbidden', 'kube.invalid')) throw error;
    const found = await this.#options.api.get<ConfigMap>(this.#target).catch(() => undefined);
    if (found === undefined) return false;
    if (found === null) {
      // Somebody deleted it: it is made again, with all that it had.
      this.#resourceVersion = null;
      return false;
    }
    const isOurs = found.metadata.annotations?.[writerAnnotation] === this.#writer;
    // It may have been changed by somebody who writes no journals, and has all that it had.
    if (!isOurs && !isDeepStrictEqual(found.binaryData ?? {}, this.#parts))
      throw new HavocError(
        'experiment.journal-taken',
        `another controller goes on with ${this.#options.experiment.metadata.name}`,
      );
    this.#take(found);
    return isOurs && (part === null || found.binaryData?.[key] === part);
  }

  /** So that a long run does not end at a number of parts. */
  async #makeOne(): Promise<void> {
    const first = nextKey({});
    const others = Object.keys(this.#parts).filter((key) => key !== first);
    try {
      await this.#tryToWrite({
        ...Object.fromEntries(others.map((key) => [key, null])),
        [first]: packed(unpacked(this.#parts)),
      });
    } catch (error) {
      // Nothing is lost: the parts are there, and the next part tries again.
      if (!(error instanceof HavocError)) throw error;
    }
  }
}

const targetOf = ({ metadata: { namespace = '', name } }: ExperimentObject): Target => ({
  resource: resources.configMaps,
  ...{ namespace, name: journalName(name) },
});

function eventsOf(found: ConfigMap | null): readonly JournalEvent[] {
  const parts = found?.binaryData ?? {};
  if (Object.keys(parts).length === 0) return [];
  const reading = readPacked(parts);
  if (reading.kind === 'journal') return reading.journal.events;
  throw new HavocError(
    'experiment.journal-unreadable',
    `ConfigMap ${found?.metadata.name}: line ${reading.line} ${reading.message}`,
  );
}

function newConfigMap(
  { apiVersion = '', kind = '', metadata }: ExperimentObject,
  {
    annotations,
    parts,
  }: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly parts: Readonly<Record<string, string | null>>;
  },
): ConfigMap {
  const owner = { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? '' };
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: journalName(metadata.name),
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: { 'app.kubernetes.io/managed-by': 'havock8s', 'havock8s.io/experiment': metadata.name },
      annotations,
      ownerReferences: [owner],
    },
    binaryData: Object.fromEntries(
      Object.entries(parts).flatMap(([key, part]) => (part === null ? [] : [[key, part]])),
    ),
  };
}
