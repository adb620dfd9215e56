/**
 * One pass of a drain: each pod of the node that may go is asked to go, by the Eviction API, which asks the budgets. Pods that
 * stay, and why: those of a DaemonSet come back at once, mirror pods belong to the kubelet, finished ones hold nothing,
 * protected ones are nobody's to touch.
 */
import { hasCode, messageOf } from '../../../../core/havoc-error.js';
import { protectedLabel, protectedValue } from '../../../../core/keys.js';
import type { KubeApi } from '../../../../kube/kube-api.js';
import { selects } from '../../../../kube/label-selector.js';
import { resources } from '../../../../kube/resources.js';
import { type Budget, isFinished, isMirror, keyOfPod, ownerKind, type Pod } from './pod-objects.js';

export interface EvictedPod {
  readonly pod: string;
  readonly uid: string;
  /** `held`: a budget says no, for now. */
  readonly outcome: 'evicted' | 'going' | 'held' | 'failed' | 'left';
  readonly message: string;
}

export async function evictPods(api: KubeApi, node: string): Promise<readonly EvictedPod[]> {
  const fieldSelector = `spec.nodeName=${node}`;
  const { items } = await api.list<Pod>({ resource: resources.pods, namespace: null, fieldSelector });
  const labelSelector = `${protectedLabel}=${protectedValue}`;
  const namespaces = await api.list({ resource: resources.namespaces, namespace: null, labelSelector });
  const isProtected = new Set(namespaces.items.map(({ metadata }) => metadata.name));
  const done: EvictedPod[] = [];
  for (const pod of items) {
    const { uid = '', deletionTimestamp } = pod.metadata;
    const why = whyLeft(pod, isProtected);
    const said = { pod: keyOfPod(pod), uid };
    if (why !== null) done.push({ ...said, outcome: 'left', message: why });
    else if (deletionTimestamp === undefined) done.push({ ...said, ...(await evict(api, pod)) });
    else done.push({ ...said, outcome: 'going', message: `is to be gone by ${deletionTimestamp}` });
  }
  return done;
}

/** Null: it may go. */
export function whyLeft(pod: Pod, protectedNamespaces: ReadonlySet<string>): string | null {
  const { namespace = '', labels } = pod.metadata;
  if (ownerKind(pod) === 'DaemonSet') return 'is of a DaemonSet, which would make it again here';
  if (isMirror(pod)) return 'is a static pod of the kubelet';
  if (isFinished(pod)) return 'has finished';
  if (labels?.[protectedLabel] === protectedValue) return `has the label ${protectedLabel}`;
  return protectedNamespaces.has(namespace) ? `its namespace has the label ${protectedLabel}` : null;
}

async function evict(api: KubeApi, pod: Pod): Promise<Pick<EvictedPod, 'outcome' | 'message'>> {
  const { name, namespace = '', uid = '', labels } = pod.metadata;
  try {
    await api.post(
      { resource: resources.pods, namespace, name, subresource: 'eviction' },
      {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace },
        deleteOptions: { preconditions: { uid } },
      },
    );
    return { outcome: 'evicted', message: 'is asked to go' };
  } catch (error) {
    if (hasCode(error, 'kube.not-found', 'kube.conflict'))
      return { outcome: 'evicted', message: 'was gone already' };
    if (hasCode(error, 'kube.budget'))
      return { outcome: 'held', message: await budgetOf(api, namespace, labels) };
    return { outcome: 'failed', message: messageOf(error) };
  }
}

/** In the words of the budget that holds it, or budgets: with more than one the API server lets nothing go. */
async function budgetOf(api: KubeApi, namespace: string, labels: Pod['metadata']['labels']): Promise<string> {
  const { items } = await api.list<Budget>({ resource: resources.podDisruptionBudgets, namespace });
  return items
    .filter(({ spec }) => selects(spec?.selector, labels))
    .map(({ metadata, status = {} }) => {
      const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = status;
      return `budget ${namespace}/${metadata.name} allows ${disruptionsAllowed}: ${currentHealthy} healthy of ${desiredHealthy} that it needs`;
    })
    .join('; ');
}
