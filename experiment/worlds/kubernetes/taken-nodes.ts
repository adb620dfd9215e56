/**
 * The nodes that a run takes from their pods: what becomes of them is told, and behind the last step what is left of it.
 *
 *     change planned, or cut off ─► followed ─► facts │ after ─► what is not as it was before
 */
import { hasCode } from '../../../core/havoc-error.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { KubeObject } from '../../../kube/kube-object.js';
import { resources } from '../../../kube/resources.js';
import type { Plan } from '../../engine/plan.js';
import type { Run } from '../../engine/run.js';
import type { RunEvent } from '../../journal/events.js';
import type { ClusterView } from './cluster-view.js';
import { checkAfter } from './node/check-after.js';
import { isolationTarget } from './node/isolate.js';
import type { NodeBefore } from './node/node-before.js';
import type { NodeIsolation } from './node/node-objects.js';
import type { NodeWatch } from './node/node-watch.js';

export interface TakenNodesOptions {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly plan: Plan;
  readonly cluster: ClusterView;
  readonly tell: (event: Extract<RunEvent, { readonly type: 'seen' }>) => void;
}

interface Claim extends KubeObject {
  readonly spec?: { readonly volumeName?: string };
}

export class TakenNodes {
  readonly #options: TakenNodesOptions;
  #watch: NodeWatch | null = null;
  #left: readonly string[] = [];

  constructor(options: TakenNodesOptions) {
    this.#options = options;
  }

  /** Is each as it was before? What is not is told, once. False too while nobody can say. */
  async areBack(run: Run): Promise<boolean> {
    this.#follow(run);
    if (run.phase !== 'after') return false;
    const left = await this.#leftOf(run);
    for (const message of left ?? [])
      if (!this.#left.includes(message)) this.#options.tell({ type: 'seen', subject: 'nodes', message });
    this.#left = left ?? this.#left;
    return left?.length === 0;
  }

  async stop(): Promise<void> {
    await this.#watch?.stop();
  }

  #follow(run: Run): void {
    const { cluster, namespace, tell, plan } = this.#options;
    const names = nodesTaken(run, plan);
    const isGoingOn = run.phase === 'during' || run.phase === 'after';
    if (names.size === 0 || !isGoingOn) return;
    this.#watch ??= cluster.watchNodes(namespace, (fact) => tell({ type: 'seen', ...fact }));
    this.#watch.follow(names);
    this.#watch.look();
  }

  /** Null: nobody knows yet. */
  async #leftOf(run: Run): Promise<readonly string[] | null> {
    const changes = changesOfNodes(run);
    if (changes.length === 0) return [];
    const known = this.#watch?.known ?? null;
    if (known === null) return null;
    const { nodes, pods, attachments } = known;
    const volumeOf = attachments.length === 0 ? new Map<string, string>() : await this.#volumes();
    const left = await Promise.all(
      changes.map(async ({ subject: { name }, was }) =>
        checkAfter(name, was as unknown as NodeBefore, {
          ...{ node: nodes.get(name) ?? null, pods, attachments, volumeOf },
          isolations: await this.#isolations(name),
        }),
      ),
    );
    return [...new Set(left.flat())];
  }

  /** Of each claim of the namespace, by `namespace/name`. */
  async #volumes(): Promise<ReadonlyMap<string, string>> {
    const { api, namespace } = this.#options;
    const { items } = await api.list<Claim>({ resource: resources.persistentVolumeClaims, namespace });
    return new Map(
      items.flatMap(({ metadata: { name }, spec }) =>
        spec?.volumeName === undefined ? [] : [[`${namespace}/${name}`, spec.volumeName] as const],
      ),
    );
  }

  async #isolations(node: string): Promise<readonly NodeIsolation[]> {
    try {
      const isolation = await this.#options.api.get<NodeIsolation>(isolationTarget(node));
      return isolation === null ? [] : [isolation];
    } catch (error) {
      // Installed without it.
      if (hasCode(error, 'kube.forbidden', 'kube.not-found')) return [];
      throw error;
    }
  }
}

/** By name: those that a step has done something to, or has cut off, so far. */
export function nodesTaken(run: Run, { steps }: Plan): ReadonlySet<string> {
  const cutting = new Set(
    steps.flatMap(({ id, action }) => (action.kind === 'fault' && action.onNodes ? [id] : [])),
  );
  return new Set([
    ...changesOfNodes(run).map(({ subject }) => subject.name),
    ...[...run.faults.values()].flatMap(({ step, place }) =>
      place !== null && cutting.has(step) ? [place.node] : [],
    ),
  ]);
}

const changesOfNodes = ({ changes }: Run) =>
  [...changes.values()].filter(({ subject }) => subject.kind === 'Node');
