/**
 * Where else a pod could be: nodes that are Ready, schedulable and tolerated, that its selectors, its volumes and its
 * neighbours allow. How much memory and processor is free there is not looked at: only the scheduler knows.
 */
import { selects } from '../../../../kube/label-selector.js';
import { isReady, type Node } from './node-objects.js';
import { selectsNode } from './node-selector.js';
import { isFinished, type NodeSelector, type Pod } from './pod-objects.js';
import { repels } from './toleration.js';

export interface OtherNodes {
  readonly nodes: readonly Node[];
  /** Of the whole cluster. */
  readonly pods: readonly Pod[];
}

/** Null: it could be there. Otherwise why not. */
export function obstacleOn(
  node: Node,
  pod: Pod,
  volumes: readonly (NodeSelector | undefined)[],
  pods: readonly Pod[],
): string | null {
  const { name, labels } = node.metadata;
  if (!isReady(node)) return `${name} is not Ready`;
  if (node.spec?.unschedulable) return `${name} is cordoned`;
  const taint = repels(node, pod);
  if (taint !== null) return `${name} has the taint ${taint.key}:${taint.effect}`;
  const { nodeSelector = {}, affinity } = pod.spec ?? {};
  const wanted = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!selects({ matchLabels: nodeSelector }, labels)) return `${name} does not match its nodeSelector`;
  if (!selectsNode(wanted, node)) return `${name} does not match its node affinity`;
  if (!volumes.every((volume) => selectsNode(volume, node))) return `its volume cannot be on ${name}`;
  const neighbour = repelledBy(node, pod, pods);
  return neighbour === null ? null : `it may not be beside ${neighbour} on ${name}`;
}

/** Required anti-affinity by the name of the host: of other topologies only the scheduler knows. */
function repelledBy({ metadata: { name } }: Node, pod: Pod, pods: readonly Pod[]): string | null {
  const terms = pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const there = pods.filter(
    (other) => other.spec?.nodeName === name && other.metadata.uid !== pod.metadata.uid && !isFinished(other),
  );
  const found = there.find((other) =>
    terms.some(
      ({ topologyKey, labelSelector, namespaces = [pod.metadata.namespace ?? ''] }) =>
        topologyKey === 'kubernetes.io/hostname' &&
        namespaces.includes(other.metadata.namespace ?? '') &&
        selects(labelSelector, other.metadata.labels),
    ),
  );
  return found?.metadata.name ?? null;
}
