/** Reads a node, decides, writes: again when somebody else was faster. What is not named is left as it is. */
import { HavocError, hasCode } from '../../../../core/havoc-error.js';
import type { KubeApi } from '../../../../kube/kube-api.js';
import type { Target } from '../../../../kube/kube-object.js';
import { resources } from '../../../../kube/resources.js';
import { nodeLimits } from './node-limits.js';
import type { Node, Taint } from './node-objects.js';

export interface NodeChange {
  /** Null takes one away. */
  readonly annotations?: Readonly<Record<string, string | null>>;
  readonly unschedulable?: boolean;
  /** All of them. */
  readonly taints?: readonly Taint[];
}

export const nodeTarget = (name: string): Target => ({ resource: resources.nodes, namespace: null, name });

/** `decide` returns null where nothing is to be changed. Resolves with the node as it is then; null: there is none. */
export async function changeNode(
  api: KubeApi,
  name: string,
  decide: (node: Node) => NodeChange | null,
): Promise<Node | null> {
  for (let tries = 0; tries < nodeLimits.conflicts; tries++) {
    const node = await api.get<Node>(nodeTarget(name));
    const change = node && decide(node);
    if (node === null || change === null) return node;
    try {
      return await api.patch<Node>(nodeTarget(name), { kind: 'merge', body: patchOf(node, change) });
    } catch (error) {
      if (hasCode(error, 'kube.not-found')) return null;
      if (!hasCode(error, 'kube.conflict')) throw error;
    }
  }
  throw new HavocError(
    'kube.conflict',
    `node ${name} was changed by others ${nodeLimits.conflicts} times while it was to be changed; it is tried again later`,
  );
}

/** Whole lists are replaced, so only over the very version that was read. */
function patchOf({ metadata }: Node, { annotations, unschedulable, taints }: NodeChange) {
  const { resourceVersion } = metadata;
  return {
    metadata: { resourceVersion, ...(annotations && { annotations }) },
    spec: {
      ...(unschedulable !== undefined && { unschedulable: unschedulable || null }),
      ...(taints && { taints: taints.length === 0 ? null : taints }),
    },
  };
}
