/**
 * What runs change beside faults, in a simulated cluster: a StatefulSet and the nodes of its pods. Somebody else keeps them as
 * Kubernetes does, and how they were before is known.
 */
import { readMark } from '../../experiment/worlds/kubernetes/node/node-mark.js';
import type { Node } from '../../experiment/worlds/kubernetes/node/node-objects.js';
import { hasTaint } from '../../experiment/worlds/kubernetes/node/taint.js';
import type { KubeObject } from '../../kube/kube-object.js';
import { resources } from '../../kube/resources.js';
import { namespace, type SimulatedCluster } from './simulated-cluster.js';

interface Replicated extends KubeObject {
  readonly spec: { readonly replicas: number };
}

const set = { resource: resources.statefulSets, namespace };
const nodes = { resource: resources.nodes, namespace: null };
const names = ['db-0', 'db-1', 'db-2'];
/** A person wants it so, and it stays so. */
const cordonedBefore = 'node-db-2';

export class SimulatedWorkload {
  readonly #cluster: SimulatedCluster;
  #uid = '';
  /** Its namespace goes: nothing is made there again. */
  isGone = false;

  constructor(cluster: SimulatedCluster) {
    this.#cluster = cluster;
  }

  async create(): Promise<void> {
    const metadata = { name: 'db', namespace };
    const object = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata, spec: { replicas: names.length } };
    this.#uid = (await this.#cluster.store.create<Replicated>(set, object)).metadata.uid ?? '';
    await this.keep();
  }

  /** As its controllers do: pods that are lacking are made, those that are too many go, and a node comes back by its name. */
  async keep(): Promise<void> {
    const { store } = this.#cluster;
    const replicas = (await store.get<Replicated>({ ...set, name: 'db' }))?.spec.replicas ?? 0;
    for (const [index, name] of names.entries()) {
      const node = `node-${name}`;
      if ((await store.get({ ...nodes, name: node })) === null) await store.create(nodes, aNode(node));
      const pod = { resource: resources.pods, namespace, name };
      const isThere = (await store.get(pod)) !== null;
      if (isThere && index >= replicas) await store.remove(pod);
      if (!isThere && index < replicas && !this.isGone)
        await this.#cluster.pod(name, { ownerUid: this.#uid });
    }
  }

  /** The namespace is deleted, and all that is in it. */
  async goes(): Promise<void> {
    const { store } = this.#cluster;
    this.isGone = true;
    for (const resource of [
      resources.statefulSets,
      resources.pods,
      resources.configMaps,
      resources.experiments,
    ])
      for (const { metadata } of (await store.list({ resource, namespace })).items)
        await store.remove({ resource, namespace, name: metadata.name });
  }

  /** Who holds what is not as it was before: by name of its run, in words. */
  async changed(): Promise<readonly { readonly run: string; readonly what: string }[]> {
    const { items } = await this.#cluster.store.list<Node>(nodes);
    return items.flatMap((node) =>
      (['cordon', 'taint'] as const).flatMap((kind) => {
        const mark = readMark(node, kind);
        return mark === null || mark === 'unreadable'
          ? []
          : [{ run: mark.run.name, what: `${kind} of ${node.metadata.name}` }];
      }),
    );
  }

  /** What is not as it was before anything began, in words. */
  async left(): Promise<readonly string[]> {
    const { store } = this.#cluster;
    const { items } = await store.list<Node>(nodes);
    const ofNodes = items.flatMap((node) => {
      const { name, annotations = {} } = node.metadata;
      const isCordoned = node.spec?.unschedulable === true;
      return [
        ...(isCordoned && name !== cordonedBefore ? [`${name} is cordoned`] : []),
        ...(hasTaint(node) ? [`${name} is tainted`] : []),
        ...Object.keys(annotations).map((key) => `${name} has ${key}`),
      ];
    });
    const replicas = (await store.get<Replicated>({ ...set, name: 'db' }))?.spec.replicas ?? names.length;
    return replicas === names.length ? ofNodes : [...ofNodes, `db has ${replicas} replicas`];
  }
}

const aNode = (name: string): Node => ({
  ...{ apiVersion: 'v1', kind: 'Node', metadata: { name } },
  spec: name === cordonedBefore ? { unschedulable: true } : {},
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});
