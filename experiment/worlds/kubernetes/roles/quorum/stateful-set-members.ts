/** Members of a StatefulSet, where nothing is known but its pods: each has a vote, and is healthy where it is Ready. */
import { valueAt } from '../../../../../core/json.js';
import type { KubeObject } from '../../../../../kube/kube-object.js';
import type { Member, Membership } from './quorum-after.js';

/** `pods` are those of the set. One that should be there and is not, is a member that is not healthy. */
export function statefulSetMembers(set: KubeObject, pods: readonly KubeObject[]): Membership {
  const { name } = set.metadata;
  const replicas = Number(valueAt(set, ['spec', 'replicas']) ?? 1);
  const start = Number(valueAt(set, ['spec', 'ordinals', 'start']) ?? 0);
  const members = Array.from({ length: replicas }, (_, index): Member => {
    const pod = pods.find(({ metadata }) => metadata.name === `${name}-${start + index}`);
    return { name: `${name}-${start + index}`, vote: 'yes', isHealthy: pod !== undefined && isReady(pod) };
  });
  return { of: `StatefulSet ${name}`, members };
}

function isReady(pod: KubeObject): boolean {
  const conditions = valueAt(pod, ['status', 'conditions']);
  const isGoing = valueAt(pod, ['metadata', 'deletionTimestamp']) !== undefined;
  return (
    !isGoing &&
    Array.isArray(conditions) &&
    conditions.some((one) => valueAt(one, ['type']) === 'Ready' && valueAt(one, ['status']) === 'True')
  );
}
