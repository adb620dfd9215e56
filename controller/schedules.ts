/**
 * All schedules of a cluster, by the replica that leads: each is looked at when it or one of its runs changes, and when its
 * next time has come.
 */
import { once } from 'node:events';
import type { Clock } from '../core/clock.js';
import { hasCode } from '../core/havoc-error.js';
import { sleep } from '../core/sleep.js';
import { readScheduleValue, type ScheduleReading } from '../experiment/schedule/read-schedule-value.js';
import { backoffMs } from '../kube/backoff.js';
import type { KubeApi } from '../kube/kube-api.js';
import { resources } from '../kube/resources.js';
import type { WatchCache } from '../kube/watch-cache.js';
import { eventAbout, type Told } from './event-object.js';
import type { ExperimentObject } from './experiment-object.js';
import { keepSchedule } from './keep-schedule.js';
import { isRunOf, type ScheduleObject, scheduleKeyOf } from './schedule-object.js';

export interface SchedulesOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly schedules: WatchCache<ScheduleObject>;
  readonly experiments: WatchCache<ExperimentObject>;
  readonly onError: (error: unknown) => void;
}

/** The wall clock may be set: it is looked at again at least so often. */
const tickMs = 30_000;
const atOnce = 16;

/** What is remembered of a schedule between two looks; it may be forgotten at any time. */
interface Known {
  wakeMs: number;
  failures: number;
  /** As it was written last: the watch may be behind. */
  object: ScheduleObject | null;
  reading: { readonly of: string; readonly reading: ScheduleReading } | null;
  /** By reason, what was told last. */
  readonly told: Map<string, string>;
}

export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #known = new Map<string, Known>();
  #leading: AbortController | null = null;
  /** Aborts when somebody is to be looked at, or nobody any more: what is waited for then is over. */
  #changed = new AbortController();
  #following: Promise<void> = Promise.resolve();

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  lead(leads: boolean): void {
    if (!leads) this.#leave();
    else if (this.#leading === null) {
      this.#leading = new AbortController();
      this.#following = this.#follow(this.#leading.signal);
    }
  }

  async stop(): Promise<void> {
    this.#leave();
    await this.#following;
  }

  #leave(): void {
    this.#leading?.abort();
    this.#leading = null;
    this.#changed.abort();
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { schedules, experiments, clock } = this.#options;
    const known = Promise.all([schedules.ready, experiments.ready]).catch(() => {});
    // A cluster without the kind never lists it.
    await Promise.race([known, once(signal, 'abort')]);
    if (signal.aborted) return;
    this.#known.clear();
    for (const key of schedules.keys()) this.#mark(key);
    const stopListening = [
      schedules.onChange(({ key }) => this.#mark(key)),
      experiments.onChange(({ key }) => this.#mark(scheduleKeyOf(key))),
    ];
    while (!signal.aborted) {
      const keys = this.#due();
      for (const key of keys.slice(0, atOnce)) this.#knownOf(key).wakeMs = Number.POSITIVE_INFINITY;
      await Promise.all(keys.slice(0, atOnce).map((key) => this.#keep(key)));
      if (keys.length > atOnce) continue;
      await sleep(this.#untilNextMs(), { clock, signal: this.#changed.signal });
      if (!signal.aborted) this.#changed = new AbortController();
    }
    for (const stop of stopListening) stop();
  }

  #mark(key: string): void {
    if (this.#options.schedules.get(key) === undefined) this.#known.delete(key);
    else {
      this.#knownOf(key).wakeMs = Number.NEGATIVE_INFINITY;
      this.#changed.abort();
    }
  }

  #knownOf(key: string): Known {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const fresh: Known = {
      wakeMs: Number.NEGATIVE_INFINITY,
      failures: 0,
      object: null,
      reading: null,
      told: new Map(),
    };
    this.#known.set(key, fresh);
    return fresh;
  }

  #due(): readonly string[] {
    const nowMs = this.#options.clock.wallMs();
    return [...this.#known].flatMap(([key, { wakeMs }]) => (wakeMs <= nowMs ? [key] : []));
  }

  #untilNextMs(): number {
    const nowMs = this.#options.clock.wallMs();
    const nextMs = Math.min(...[...this.#known.values()].map(({ wakeMs }) => wakeMs));
    return Math.max(0, Math.min(tickMs, nextMs - nowMs));
  }

  /** Never rejects: it is tried again, later and later. */
  async #keep(key: string): Promise<void> {
    const { clock, onError, random, schedules, experiments } = this.#options;
    const watched = schedules.get(key);
    if (watched === undefined || watched.metadata.deletionTimestamp !== undefined) return;
    const known = this.#knownOf(key);
    const object = newer(watched, known.object);
    try {
      const kept = await keepSchedule({
        ...this.#options,
        ...{ object, runs: experiments.items().filter((run) => isRunOf(object, run)) },
        reading: readingOf(object, known),
        tell: (told) => this.#tell(object, told, known),
      });
      known.failures = 0;
      known.object = kept.object;
      known.wakeMs = Math.min(known.wakeMs, kept.wakeMs ?? Number.POSITIVE_INFINITY);
    } catch (error) {
      known.failures += 1;
      known.wakeMs = clock.wallMs() + backoffMs(known.failures, random);
      // It went meanwhile, or changed: the watch tells.
      if (!hasCode(error, 'kube.not-found', 'kube.conflict')) onError(error);
    }
  }

  #tell(object: ScheduleObject, told: Told, known: Known): void {
    if (known.told.get(told.reason) === told.message) return;
    known.told.set(told.reason, told.message);
    const { api, clock, onError } = this.#options;
    const event = eventAbout(object, told, clock.wallMs());
    api
      .create({ resource: resources.events, namespace: object.metadata.namespace ?? null }, event)
      .catch((error: unknown) => {
        if (!hasCode(error, 'kube.exists', 'kube.not-found')) onError(error);
      });
  }
}

/** Versions of one object grow. */
function newer(watched: ScheduleObject, written: ScheduleObject | null): ScheduleObject {
  if (written === null || written.metadata.uid !== watched.metadata.uid) return watched;
  const [one, other] = [watched, written].map(({ metadata }) => Number(metadata.resourceVersion));
  return (other ?? 0) > (one ?? 0) ? written : watched;
}

function readingOf({ apiVersion, kind, metadata, spec }: ScheduleObject, known: Known): ScheduleReading {
  const of = `${metadata.uid} ${metadata.generation}`;
  if (known.reading?.of === of) return known.reading.reading;
  const reading = readScheduleValue({ apiVersion, kind, metadata: { name: metadata.name }, spec });
  known.reading = { of, reading };
  return reading;
}
