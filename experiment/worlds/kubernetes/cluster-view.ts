/**
 * What runs need to know of a cluster, asked for once for all of them: pods are watched, namespace by namespace, for as
 * long as a run looks at them; what only safety asks for is listed when it does, and kept for a moment.
 *
 * Needs `list` and `watch` of pods; `get` of replicasets and statefulsets; `list` of namespaces, budgets, claims and
 * endpointslices.
 */
import { limited } from '../../../core/at-most.js';
import type { Clock } from '../../../core/clock.js';
import { injectionEnabled, injectionLabel, protectedLabel, protectedValue } from '../../../core/keys.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject, OwnerReference, Resource, Target } from '../../../kube/kube-object.js';
import type { LabelSelector } from '../../../kube/label-selector.js';
import { resources } from '../../../kube/resources.js';
import { WatchCache } from '../../../kube/watch-cache.js';
import { NodeWatch, type NodeWatchOptions } from './node/node-watch.js';
import { type PodView, podView } from './pod-view.js';
import { type PodsNow, podsNow } from './pods-now.js';
import type { Budget } from './safety.js';
import { type ServedPods, servedPods } from './traffic.js';

export interface ClusterViewOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly onError: (error: unknown) => void;
}

export interface NamespaceFacts {
  readonly isOptedIn: boolean;
  readonly isProtected: boolean;
  readonly budgets: readonly Budget[];
  readonly protectedClaims: ReadonlySet<string>;
}

interface Watched {
  readonly cache: WatchCache<PodView>;
  /** Null: one of them has changed. */
  now: PodsNow | null;
  /** By UID: who owns it. What owns something never changes its mind. */
  readonly owners: Map<string, OwnerReference | null>;
  /** By UID, while it is asked for. */
  readonly learning: Map<string, Promise<void>>;
  /** Runs that look at it. */
  readers: number;
}

/** What is asked for again and again while a hypothesis settles, or all becomes well again. */
const keptMs = 2000;

/**
 * A namespace may have hundreds. The time of a call runs out while it waits for a connection, and journals wait for one, too.
 */
const ownersAtOnce = 8;

interface Kept<T> {
  readonly atMs: number;
  readonly value: Promise<T>;
}

export class ClusterView {
  readonly #options: ClusterViewOptions;
  readonly #getOwner: (target: Target) => Promise<KubeObject | null>;
  readonly #watched = new Map<string, Watched>();
  readonly #facts = new Map<string, Kept<NamespaceFacts>>();
  readonly #served = new Map<string, Kept<readonly ServedPods[]>>();

  constructor(options: ClusterViewOptions) {
    this.#options = options;
    this.#getOwner = limited(ownersAtOnce, (target) => options.api.get(target));
  }

  /** Returns the way to look no longer. `onChange` is told of every pod that changes. */
  look(namespace: string, onChange: () => void): () => Promise<void> {
    const watched = this.#watched.get(namespace) ?? this.#watch(namespace);
    watched.readers += 1;
    const stopListening = watched.cache.onChange(onChange);
    return async () => {
      stopListening();
      watched.readers -= 1;
      if (watched.readers > 0) return;
      this.#watched.delete(namespace);
      this.#facts.delete(namespace);
      this.#served.delete(namespace);
      await watched.cache.stop();
    };
  }

  #watch(namespace: string): Watched {
    const { api, clock, random, onError } = this.#options;
    const cache = new WatchCache<PodView>({
      ...{ api, clock, random, onError, keep: podView },
      selection: { resource: resources.pods, namespace },
    });
    const watched: Watched = { cache, now: null, owners: new Map(), learning: new Map(), readers: 0 };
    cache.onChange(() => {
      watched.now = null;
    });
    this.#watched.set(namespace, watched);
    return watched;
  }

  /** Of a namespace that is looked at; resolves once they were listed, and their owners are known. */
  async pods(namespace: string): Promise<PodsNow> {
    const watched = this.#watched.get(namespace);
    if (watched === undefined) throw new Error(`nobody looks at ${namespace}`);
    await watched.cache.ready;
    const now = nowOf(watched);
    const unknown = now.owners.filter(({ uid, kind }) => between.has(kind) && !watched.owners.has(uid));
    await Promise.all(unknown.map((owner) => this.#learnOwners(namespace, owner, watched)));
    return now;
  }

  /** Those that were listed by now. */
  known(namespace: string): readonly PodView[] {
    const watched = this.#watched.get(namespace);
    return watched === undefined ? [] : nowOf(watched).pods;
  }

  pod(namespace: string, name: string): PodView | undefined {
    return this.#watched.get(namespace)?.cache.get(`${namespace}/${name}`);
  }

  /** From the nearest on, as far as they were learnt. */
  readonly ownersOf = (owner: OwnerReference): readonly OwnerReference[] => {
    for (const { owners } of this.#watched.values()) {
      const next = owners.get(owner.uid) ?? null;
      if (next !== null) return [next, ...this.ownersOf(next)];
    }
    return [];
  };

  facts(namespace: string): Promise<NamespaceFacts> {
    return this.#kept(this.#facts, namespace, () => this.#learnFacts(namespace));
  }

  /** Which pods get the traffic of which Service. */
  served(namespace: string): Promise<readonly ServedPods[]> {
    return this.#kept(this.#served, namespace, () => this.#learnServed(namespace));
  }

  #kept<T>(known: Map<string, Kept<T>>, namespace: string, learn: () => Promise<T>): Promise<T> {
    const nowMs = this.#options.clock.monotonicMs();
    const kept = known.get(namespace);
    if (kept !== undefined && nowMs - kept.atMs < keptMs) return kept.value;
    const value = learn();
    known.set(namespace, { atMs: nowMs, value });
    value.catch(() => known.delete(namespace));
    return value;
  }

  /** Of nodes that a run is to take from their pods, which are of that namespace. */
  watchNodes(namespace: string, tell: NodeWatchOptions['tell']): NodeWatch {
    return new NodeWatch({ ...this.#options, namespace, tell });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#watched.values()].map(({ cache }) => cache.stop()));
    this.#watched.clear();
  }

  /** However many runs want to know at the same time, it is asked once. */
  #learnOwners(namespace: string, owner: OwnerReference, watched: Watched): Promise<void> {
    const underway = watched.learning.get(owner.uid);
    if (underway !== undefined) return underway;
    const learning = this.#askForOwners(namespace, owner, watched).finally(() =>
      watched.learning.delete(owner.uid),
    );
    watched.learning.set(owner.uid, learning);
    return learning;
  }

  /** Only what Kubernetes itself puts between a pod and what people call its workload. */
  async #askForOwners(namespace: string, owner: OwnerReference, watched: Watched): Promise<void> {
    const resource = between.get(owner.kind);
    if (watched.owners.has(owner.uid) || resource === undefined) return;
    const object = await this.#getOwner({ resource, namespace, name: owner.name });
    const next =
      (object?.metadata.ownerReferences ?? []).find(({ controller }) => controller === true) ?? null;
    if (next !== null) await this.#learnOwners(namespace, next, watched);
    watched.owners.set(owner.uid, object?.metadata.uid === owner.uid ? next : null);
  }

  async #learnServed(namespace: string): Promise<readonly ServedPods[]> {
    const served: ServedPods[] = [];
    await this.#options.api.listEach({ resource: resources.endpointSlices, namespace }, (slice) => {
      const part = servedPods(slice);
      if (part !== null) served.push(part);
    });
    return served;
  }

  async #learnFacts(namespace: string): Promise<NamespaceFacts> {
    const { api } = this.#options;
    const [found, budgets, claims] = await Promise.all([
      api.get({ resource: resources.namespaces, namespace: null, name: namespace }),
      api.list({ resource: resources.podDisruptionBudgets, namespace }),
      api.list({
        resource: resources.persistentVolumeClaims,
        ...{ namespace, labelSelector: `${protectedLabel}=${protectedValue}` },
      }),
    ]);
    const labels = found?.metadata.labels ?? {};
    return {
      isOptedIn: labels[injectionLabel] === injectionEnabled,
      isProtected: labels[protectedLabel] === protectedValue,
      budgets: budgets.items.map(budgetOf),
      protectedClaims: new Set(claims.items.map(({ metadata }) => metadata.name)),
    };
  }
}

function nowOf(watched: Watched): PodsNow {
  watched.now ??= podsNow(watched.cache.items());
  return watched.now;
}

const between: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  ['ReplicaSet', resources.replicaSets],
  ['StatefulSet', resources.statefulSets],
  ['Deployment', resources.deployments],
]);

interface BudgetObject extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelector };
  readonly status?: { readonly disruptionsAllowed?: number };
}

function budgetOf(object: KubeObject): Budget {
  const { metadata, spec, status } = object as BudgetObject;
  return {
    name: metadata.name,
    selector: spec?.selector,
    allowed: status?.disruptionsAllowed ?? 0,
  };
}
