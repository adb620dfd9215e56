/**
 * Tells workloads, by events, why their pods have no sidecar. The leading replica alone does, and looks at the pods
 * of opted-in namespaces for it: the handler of the webhook writes nothing.
 *
 *     namespaces ─ opted in ─► one watch each ─ pod ─► podEvent ─ not told lately ─► create
 *
 * Needs the verbs `list` and `watch` of pods, and `create` of events.
 */

import type { Clock } from '../../core/clock.js';
import { hasCode } from '../../core/havoc-error.js';
import { injectionEnabled, injectionLabel } from '../../core/keys.js';
import type { KubeApi } from '../../kube/kube-api.js';
import type { KubeObject } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { WatchCache } from '../../kube/watch-cache.js';
import type { Labels } from '../context/namespaces.js';
import type { InjectionConfig } from '../injection-config.js';
import { eventObject } from './event-object.js';
import { eventLimits } from './limits.js';
import { type PodEvent, podEvent } from './pod-event.js';

export interface PodEventsOptions {
  readonly api: KubeApi;
  readonly namespaces: WatchCache<Labels>;
  readonly config: InjectionConfig;
  /** Of Kubernetes 1.MINOR. */
  readonly minor: () => number | null;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

export class PodEvents {
  readonly #options: PodEventsOptions;
  readonly #watches = new Map<string, WatchCache<PodEvent | null>>();
  /** By name of the event, the oldest first. */
  readonly #toldMs = new Map<string, number>();
  readonly #ending = new Set<Promise<void>>();
  readonly #waiting: KubeObject[] = [];
  #writing = 0;
  #stopListening: (() => void) | null = null;

  constructor(options: PodEventsOptions) {
    this.#options = options;
  }

  lead(leads: boolean): void {
    if (!leads) this.#rest();
    else if (this.#stopListening === null) this.#begin();
  }

  async stop(): Promise<void> {
    this.#rest();
    await Promise.all(this.#ending);
  }

  #begin(): void {
    const { namespaces } = this.#options;
    this.#stopListening = namespaces.onChange((change) => {
      this.#look(change.key, change.kind === 'removed' ? undefined : change.item);
    });
    for (const name of namespaces.keys()) this.#look(name, namespaces.get(name));
  }

  #rest(): void {
    this.#stopListening?.();
    this.#stopListening = null;
    this.#waiting.length = 0;
    for (const name of [...this.#watches.keys()]) this.#unwatch(name);
  }

  #look(namespace: string, labels: Labels | undefined): void {
    const isOptedIn = labels?.[injectionLabel] === injectionEnabled;
    if (!isOptedIn) this.#unwatch(namespace);
    else if (!this.#watches.has(namespace) && this.#watches.size < eventLimits.namespaces)
      this.#watch(namespace);
  }

  #watch(namespace: string): void {
    const { api, clock, random, onError } = this.#options;
    const watch = new WatchCache({
      api,
      selection: { resource: resources.pods, namespace },
      keep: (pod) => this.#eventOf(pod, namespace),
      ...{ clock, random, onError },
    });
    watch.onChange((change) => {
      if (change.kind !== 'removed' && change.item !== null) this.#tell(change.item);
    });
    this.#watches.set(namespace, watch);
  }

  #unwatch(namespace: string): void {
    const ending = this.#watches.get(namespace)?.stop();
    if (ending === undefined) return;
    this.#watches.delete(namespace);
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  #eventOf(pod: unknown, namespace: string): PodEvent | null {
    const { namespaces, minor, config } = this.#options;
    const labels = namespaces.get(namespace) ?? {};
    return podEvent(pod, { namespace, labels, minor: minor() }, config);
  }

  #tell(event: PodEvent): void {
    const object = eventObject(event, this.#options.clock.wallMs());
    if (this.#waiting.length >= eventLimits.waiting || !this.#isNews(object.metadata.name)) return;
    this.#waiting.push(object);
    this.#writeNext();
  }

  #writeNext(): void {
    while (this.#writing < eventLimits.writing) {
      const object = this.#waiting.shift();
      if (object === undefined) return;
      this.#writing++;
      void this.#write(object).finally(() => {
        this.#writing--;
        this.#writeNext();
      });
    }
  }

  async #write(object: KubeObject): Promise<void> {
    const { namespace = null, name } = object.metadata;
    try {
      await this.#options.api.create({ resource: resources.events, namespace }, object);
    } catch (error) {
      // It is there already: another replica told it before it stopped leading.
      if (hasCode(error, 'kube.exists')) return;
      // Not told, then: the next change of the pod tries again.
      this.#toldMs.delete(name);
      this.#options.onError(error);
    }
  }

  /** Once: it is told from then on. */
  #isNews(name: string): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    const toldMs = this.#toldMs.get(name);
    if (toldMs !== undefined && nowMs - toldMs < eventLimits.silenceMs) return false;
    this.#toldMs.delete(name);
    this.#toldMs.set(name, nowMs);
    const [oldest] = this.#toldMs.keys();
    if (this.#toldMs.size > eventLimits.remembered && oldest !== undefined) this.#toldMs.delete(oldest);
    return true;
  }
}
