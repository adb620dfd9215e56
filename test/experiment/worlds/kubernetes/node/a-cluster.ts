/** Nodes, pods and a run, in a store that stands for the API server. */
import { nodeBefore } from '../../../../../experiment/worlds/kubernetes/node/node-before.js';
import type { Node } from '../../../../../experiment/worlds/kubernetes/node/node-objects.js';
import type { NodeRequest } from '../../../../../experiment/worlds/kubernetes/node/node-request.js';
import type { Pod } from '../../../../../experiment/worlds/kubernetes/node/pod-objects.js';
import type { KubeApi } from '../../../../../kube/kube-api.js';
import { resources } from '../../../../../kube/resources.js';
import { ObjectStore } from '../../../../kube/object-store.js';

export const nowMs = Date.parse('2026-12-01T04:00:00Z');
export const untilMs = nowMs + 60_000;
export const nodes = { resource: resources.nodes, namespace: null };

export async function aCluster(...names: readonly string[]): Promise<ObjectStore> {
  const store = new ObjectStore();
  store.wallMs = () => nowMs;
  for (const name of names) await store.create(nodes, aNode(name));
  await store.create(
    { resource: resources.experiments, namespace: 'shop' },
    {
      apiVersion: 'havock8s.io/v1alpha1',
      kind: 'Experiment',
      metadata: { name: 'zombie', namespace: 'shop' },
    },
  );
  return store;
}

export const aNode = (name: string, spec: Node['spec'] = {}): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec,
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

export async function theNode(api: KubeApi, name: string): Promise<Node> {
  const node = await api.get<Node>({ ...nodes, name });
  if (node === null) throw new TypeError(`there is no node ${name}`);
  return node;
}

/** Of the run that is there, on the node as it is now. */
export async function aRequest(api: KubeApi, node: string, step = 'lose'): Promise<NodeRequest> {
  const run = await api.get({ resource: resources.experiments, namespace: 'shop', name: 'zombie' });
  const uid = run?.metadata.uid ?? 'none';
  return {
    node,
    run: { namespace: 'shop', name: 'zombie', uid },
    step,
    untilMs,
    before: nodeBefore(await theNode(api, node)),
  };
}

export const aPod = (name: string, { spec, metadata, ...rest }: Partial<Pod> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  ...rest,
  metadata: { name, namespace: 'shop', ...metadata },
  spec: { nodeName: 'n1', ...spec },
});

export const ownedBy = (kind: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'db', uid: `of-${kind}` }],
});
