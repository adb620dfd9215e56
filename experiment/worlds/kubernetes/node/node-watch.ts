/**
 * What becomes of nodes that a run takes from their pods, and of those pods, from the moment on that they are to be taken:
 *
 *     nodes, pods, endpoints, attachments ─ watched ─► those that it is about ─ seeFailure ─► facts, told once each
 *
 * Nothing is told of what was so before. Needs `list` and `watch` of all four.
 */
import type { KubeObject, Resource } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { WatchCache, type WatchCacheOptions } from '../../../../kube/watch-cache.js';
import { type Fact, nothingSeen, seeFailure, stuckPods } from './failure-facts.js';
import type { Seen } from './failure-marks.js';
import { nodeLimits } from './node-limits.js';
import type { Node } from './node-objects.js';
import type { Endpoint, EndpointSlice, Pod, VolumeAttachment } from './pod-objects.js';
import { prunedAttachment, prunedNode, prunedPod, prunedSlice } from './pruned.js';

type Watching = Pick<WatchCacheOptions<unknown>, 'api' | 'clock' | 'random' | 'onError'>;

export interface NodeWatchOptions extends Watching {
  readonly namespace: string;
  readonly tell: (fact: Pick<Fact, 'subject' | 'message'>) => void;
}

interface Watched {
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

export class NodeWatch {
  readonly #options: NodeWatchOptions;
  readonly #nodes = new Map<string, Node>();
  /** By UID: those that were on the nodes, and those that came in their place. */
  readonly #pods = new Map<string, Pod>();
  readonly #owners = new Set<string>();
  readonly #attachments = new Map<string, VolumeAttachment>();
  /** Volumes that were attached to the nodes. */
  readonly #volumes = new Set<string>();
  readonly #watched: Watched[] = [];
  readonly #followed = new Set<string>();
  readonly #stopping = new AbortController();
  #view = nothingSeen;
  #told = 0;
  #isListed = false;

  constructor(options: NodeWatchOptions) {
    this.#options = options;
  }

  /** Begins to watch those that it does not watch yet, and what belongs to them. */
  follow(names: ReadonlySet<string>): void {
    const isFirst = this.#followed.size === 0 && names.size > 0;
    for (const name of names) {
      if (this.#followed.has(name)) continue;
      this.#followed.add(name);
      this.#watch<Node>(
        { resource: resources.nodes, fieldSelector: `metadata.name=${name}` },
        { keep: prunedNode, onObject: (node, isDeleted) => this.#seeNode(node, isDeleted) },
      );
    }
    if (isFirst) void this.#followPods();
  }

  /** As they are known now; null: they are not known yet. */
  get known() {
    if (!this.#isListed) return null;
    return {
      nodes: this.#nodes as ReadonlyMap<string, Node>,
      pods: [...this.#pods.values()],
      attachments: [...this.#attachments.values()],
    };
  }

  /** To be called now and then: that a pod is stuck changes nothing. */
  look(): void {
    const { view, facts } = stuckPods(this.#view, this.#options.clock.wallMs());
    this.#view = view;
    this.#tell(facts);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#watched.map((watched) => watched.stop()));
  }

  /** Whose endpoints are theirs is known once the pods are. */
  async #followPods(): Promise<void> {
    const { namespace } = this.#options;
    const pods = this.#watch<Pod>(
      { resource: resources.pods, namespace },
      {
        keep: prunedPod,
        onObject: (pod, isDeleted) => this.#seePod(pod, isDeleted),
      },
    );
    const attachments = this.#watch<VolumeAttachment>(
      { resource: resources.volumeAttachments },
      {
        keep: prunedAttachment,
        onObject: (attachment, isDeleted) => this.#seeAttachment(attachment, isDeleted),
      },
    );
    await Promise.all([...this.#watched, pods, attachments].map(({ ready }) => ready)).catch(() => {});
    if (this.#stopping.signal.aborted) return;
    this.#isListed = true;
    this.#watch<EndpointSlice>(
      { resource: resources.endpointSlices, namespace },
      {
        keep: prunedSlice,
        onObject: (object, isDeleted) =>
          this.#see({ kind: 'endpoints', object: this.#theirs(object), isDeleted }),
      },
    );
  }

  #watch<T extends KubeObject>(
    {
      resource,
      namespace = null,
      fieldSelector,
    }: { resource: Resource; namespace?: string | null; fieldSelector?: string },
    {
      keep,
      onObject,
    }: { keep: (object: KubeObject) => T; onObject: (object: T, isDeleted: boolean) => void },
  ): Watched {
    const { api, clock, random, onError } = this.#options;
    const last = new Map<string, T>();
    const cache = new WatchCache<T>({
      ...{ api, clock, random, keep, ...(onError && { onError }) },
      selection: { resource, namespace, ...(fieldSelector !== undefined && { fieldSelector }) },
    });
    cache.onChange((change) => {
      const object = change.kind === 'removed' ? last.get(change.key) : change.item;
      if (object === undefined) return;
      if (change.kind === 'removed') last.delete(change.key);
      else last.set(change.key, object);
      onObject(object, change.kind === 'removed');
    });
    this.#watched.push(cache);
    return cache;
  }

  #seeNode(object: Node, isDeleted: boolean): void {
    if (isDeleted) this.#nodes.delete(object.metadata.name);
    else this.#nodes.set(object.metadata.name, object);
    this.#see({ kind: 'node', object, isDeleted });
  }

  #seePod(object: Pod, isDeleted: boolean): void {
    const { uid = '', ownerReferences = [] } = object.metadata;
    const owner = ownerReferences.find(({ controller }) => controller === true)?.uid;
    const isThere = this.#followed.has(object.spec?.nodeName ?? '');
    const isHeir = this.#isListed && owner !== undefined && this.#owners.has(owner);
    if (!isThere && !isHeir && !this.#pods.has(uid)) return;
    if (owner !== undefined && isThere) this.#owners.add(owner);
    const isNew = this.#isListed && !this.#pods.has(uid);
    if (isDeleted) this.#pods.delete(uid);
    else this.#pods.set(uid, object);
    this.#see({ kind: 'pod', object, isDeleted, isNew });
  }

  #seeAttachment(object: VolumeAttachment, isDeleted: boolean): void {
    const { nodeName = '', source } = object.spec ?? {};
    const volume = source?.persistentVolumeName ?? object.metadata.name;
    if (this.#followed.has(nodeName)) this.#volumes.add(volume);
    else if (!this.#volumes.has(volume)) return;
    if (isDeleted) this.#attachments.delete(object.metadata.name);
    else this.#attachments.set(object.metadata.name, object);
    this.#see({ kind: 'attachment', object, isDeleted, isNew: this.#isListed });
  }

  #theirs(slice: EndpointSlice): EndpointSlice {
    const isTheirs = ({ nodeName = '', targetRef }: Endpoint): boolean =>
      this.#followed.has(nodeName) || this.#pods.has(targetRef?.uid ?? '');
    return { ...slice, endpoints: (slice.endpoints ?? []).filter(isTheirs) };
  }

  #see(seen: Seen): void {
    const { view, facts } = seeFailure(this.#view, seen, this.#options.clock.wallMs());
    this.#view = view;
    this.#tell(facts);
  }

  /** A journal is bounded, and a node that comes and goes is seen often. */
  #tell(facts: readonly Fact[]): void {
    if (this.#stopping.signal.aborted) return;
    for (const { subject, message } of facts) {
      this.#told += 1;
      if (this.#told > nodeLimits.facts) return;
      const isLast = this.#told === nodeLimits.facts;
      this.#options.tell({ subject, message: isLast ? `${message}; what comes after is not told` : message });
    }
  }
}
