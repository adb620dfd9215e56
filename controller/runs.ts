/**
 * All runs of a cluster, carried on by the replica that leads: each experiment that is not through has one, taken up again
 * where it could not go on.
 *
 *     experiments watched ─ leads ─► those that hold something ─ replayed ─► the others
 *                             └─ leads no more ─► all are left to the next
 */
import { sleep } from '../core/sleep.js';
import { backoffMs } from '../kube/backoff.js';
import type { WatchCache } from '../kube/watch-cache.js';
import { type ExperimentObject, isHeld, isThrough } from './experiment-object.js';
import { keepRun } from './kept-run.js';
import type { KeptRunOptions } from './kept-run-options.js';
import { controllerLimits } from './limits.js';

type OfAll = Omit<KeptRunOptions, 'object' | 'onObject' | 'signal'>;

export interface RunsOptions extends OfAll {
  readonly experiments: WatchCache<ExperimentObject>;
  /** 0 to 1. */
  readonly random: () => number;
}

export class Runs {
  readonly #options: RunsOptions;
  /** By `namespace/name`; settled when it is over. */
  readonly #going = new Map<string, Promise<void>>();
  /** As they were watched last when nothing was left to be done for them: the watch may be behind for long. */
  readonly #settled = new WeakSet<ExperimentObject>();
  #leading: AbortController | null = null;
  #stopListening: () => void = () => {};

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  get going(): number {
    return this.#going.size;
  }

  lead(leads: boolean): void {
    if (!leads) this.#leave();
    else if (this.#leading === null) void this.#begin();
  }

  /** Resolves when nothing is done any more; what was going on is left to the next. */
  async stop(): Promise<void> {
    this.#leave();
    await Promise.all(this.#going.values());
  }

  #leave(): void {
    this.#stopListening();
    this.#stopListening = () => {};
    this.#leading?.abort(new Error('this replica leads no more'));
    this.#leading = null;
  }

  /** First those that hold something: whom they claimed is known before anybody else may begin. */
  async #begin(): Promise<void> {
    const leading = new AbortController();
    this.#leading = leading;
    const { experiments } = this.#options;
    await experiments.ready.catch(() => {});
    // Of an earlier time as leader: each ends at its next wait or request, and its claims with it.
    await Promise.all(this.#going.values());
    if (leading.signal.aborted) return;
    const held = experiments.keys().filter((key) => isHeldNow(experiments.get(key)));
    await Promise.all(held.map((key) => this.#start(key, leading.signal)));
    if (leading.signal.aborted) return;
    this.#stopListening = experiments.onChange(({ key }) => void this.#start(key, leading.signal));
    for (const key of experiments.keys()) void this.#start(key, leading.signal);
  }

  /** Resolves when its journal was read. */
  #start(key: string, signal: AbortSignal): Promise<void> {
    const { experiments } = this.#options;
    const object = experiments.get(key);
    const isFull = this.#going.size >= controllerLimits.runs;
    if (object === undefined || !this.#isToDo(object) || this.#going.has(key) || isFull || signal.aborted)
      return Promise.resolve();
    return new Promise((replayed) => {
      const going = this.#keep(key, signal, replayed).finally(() => {
        this.#going.delete(key);
        // It may have come to its end, and begun again under the same name; and others wait for a place.
        if (!signal.aborted) this.#startNext(key, signal);
      });
      this.#going.set(key, going);
    });
  }

  #startNext(key: string, signal: AbortSignal): void {
    const { experiments } = this.#options;
    const waiting = [key, ...experiments.keys()].find((other) => {
      const object = experiments.get(other);
      return object !== undefined && this.#isToDo(object) && !this.#going.has(other);
    });
    if (waiting !== undefined) void this.#start(waiting, signal);
  }

  #isToDo(object: ExperimentObject): boolean {
    return !isThrough(object) && !this.#settled.has(object);
  }

  /** Again and again, until nothing is left to be done for it. Never rejects. */
  async #keep(key: string, signal: AbortSignal, replayed: () => void): Promise<void> {
    const { experiments, clock, onError, random } = this.#options;
    for (let failures = 1; !signal.aborted; failures += 1) {
      const uid = experiments.get(key)?.metadata.uid;
      try {
        await keepRun(
          {
            ...this.#options,
            ...{ signal, object: () => experiments.get(key) },
            onObject: (listener) => experiments.onChange((change) => change.key === key && listener()),
          },
          replayed,
        );
        const watched = experiments.get(key);
        if (watched !== undefined && watched.metadata.uid === uid && !signal.aborted)
          this.#settled.add(watched);
        return;
      } catch (error) {
        replayed();
        if (signal.aborted) return;
        onError(error);
      }
      await sleep(backoffMs(failures, random), { clock, signal });
    }
  }
}

const isHeldNow = (object: ExperimentObject | undefined): boolean => object !== undefined && isHeld(object);
