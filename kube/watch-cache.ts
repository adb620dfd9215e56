/**
 * The objects of one selection, kept as the API server has them.
 *
 *     list ─► those and no others, ready ─► watch ─► added, changed, removed
 *      ▲                                        │
 *      └── backoff when it failed ◄─────────────┴── ended, broken, 410, silent for 5 min, or 10 min old
 *
 * Every way for a watch to end leads to a new list, so nothing is missed for longer than `kubeLimits.relistMs`,
 * and no error stops it for good: what was last known stays until the server answers again. Nor does an object: one
 * that `keep` or a listener throws at is reported and left alone, as if it were not there. Needs the verbs `list` and
 * `watch`.
 */

import type { Clock } from '../core/clock.js';
import { HavocError } from '../core/havoc-error.js';
import { sleep } from '../core/sleep.js';
import { backoffMs } from './backoff.js';
import type { KubeApi, WatchEvent } from './kube-api.js';
import { type KubeObject, keyOf, type Selection } from './kube-object.js';
import { kubeLimits } from './limits.js';

export interface WatchCacheOptions<T> {
  readonly api: KubeApi;
  readonly selection: Selection;
  /** What is kept of an object; keep little where there are many. */
  readonly keep: (object: KubeObject) => T;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  /** Each failure before it is tried again, and each object that is left alone. */
  readonly onError?: (error: HavocError) => void;
}

export type Change<T> =
  | { readonly kind: 'added' | 'changed'; readonly key: string; readonly item: T }
  | { readonly kind: 'removed'; readonly key: string };

interface Kept<T> {
  readonly item: T;
  readonly resourceVersion: string | undefined;
}

export class WatchCache<T> {
  /** Once everything was listed; rejects with kube.stopped when stopped before. */
  readonly ready: Promise<void>;
  readonly #options: WatchCacheOptions<T>;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #listeners = new Set<(change: Change<T>) => void>();
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;
  #becomeReady: () => void = () => {};

  constructor(options: WatchCacheOptions<T>) {
    this.#options = options;
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = resolve;
      this.#stopping.signal.addEventListener('abort', () =>
        reject(
          new HavocError('kube.stopped', `the ${options.selection.resource.plural} are no longer watched`),
        ),
      );
    });
    this.ready.catch(() => {});
    this.#running = this.#run();
  }

  /** By `namespace/name`, or `name`. */
  get(key: string): T | undefined {
    return this.#kept.get(key)?.item;
  }

  keys(): readonly string[] {
    return [...this.#kept.keys()];
  }

  items(): readonly T[] {
    return [...this.#kept.values()].map(({ item }) => item);
  }

  /** Returns the way to stop listening. What a listener throws is reported, and keeps nothing from the others. */
  onChange(listener: (change: Change<T>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#listeners.clear();
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      const startedMs = clock.monotonicMs();
      try {
        await this.#listAndWatch();
        const livedMs = clock.monotonicMs() - startedMs;
        failures = livedMs < kubeLimits.watchLifeMs ? failures + 1 : 0;
      } catch (error) {
        failures++;
        this.#report(error, 'what was watched');
      }
      if (failures > 0) await sleep(backoffMs(failures, random), { clock, signal });
    }
  }

  async #listAndWatch(): Promise<void> {
    const { api, selection } = this.#options;
    const listed = new Set<string>();
    const resourceVersion = await api.listEach(selection, (object) => {
      if (this.#stopping.signal.aborted) return;
      listed.add(keyOf(object));
      this.#checkRoom(listed.size);
      this.#put(object);
    });
    if (this.#stopping.signal.aborted) return;
    for (const key of [...this.#kept.keys()]) if (!listed.has(key)) this.#remove(key);
    this.#becomeReady();
    await this.#watch(resourceVersion);
  }

  async #watch(resourceVersion: string): Promise<void> {
    const { api, clock, selection } = this.#options;
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const callOffRelist = clock.after(kubeLimits.relistMs, end);
    let callOffWatchdog = clock.after(kubeLimits.watchSilenceMs, end);
    try {
      await api.watch(selection, {
        resourceVersion,
        timeoutMs: kubeLimits.relistMs,
        signal: AbortSignal.any([this.#stopping.signal, ending.signal]),
        onEvent: (event) => {
          callOffWatchdog();
          callOffWatchdog = clock.after(kubeLimits.watchSilenceMs, end);
          if (!ending.signal.aborted && !this.#stopping.signal.aborted) this.#take(event);
        },
      });
    } finally {
      callOffRelist();
      callOffWatchdog();
    }
  }

  #take(event: WatchEvent): void {
    if (event.kind === 'bookmark') return;
    if (event.kind === 'deleted') this.#remove(keyOf(event.object));
    else this.#put(event.object);
    this.#checkRoom(this.#kept.size);
  }

  #checkRoom(count: number): void {
    if (count <= kubeLimits.items) return;
    const { plural } = this.#options.selection.resource;
    throw new HavocError('kube.bad-answer', `more than ${kubeLimits.items} ${plural}`);
  }

  #put(object: KubeObject): void {
    const key = keyOf(object);
    const before = this.#kept.get(key);
    const { resourceVersion } = object.metadata;
    if (before !== undefined && before.resourceVersion === resourceVersion) return;
    let item: T;
    try {
      item = this.#options.keep(object);
    } catch (error) {
      this.#report(error, key);
      this.#remove(key);
      return;
    }
    this.#kept.set(key, { item, resourceVersion });
    this.#tell({ kind: before === undefined ? 'added' : 'changed', key, item });
  }

  #remove(key: string): void {
    if (this.#kept.delete(key)) this.#tell({ kind: 'removed', key });
  }

  #tell(change: Change<T>): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(change);
      } catch (error) {
        this.#report(error, change.key);
      }
    }
  }

  #report(error: unknown, what: string): void {
    const { onError, selection } = this.#options;
    if (error instanceof HavocError) onError?.(error);
    else
      onError?.(
        new HavocError('kube.bad-object', `${selection.resource.plural}: ${what} is left alone`, {
          cause: error,
        }),
      );
  }
}
