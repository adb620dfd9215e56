/** What the role of a pod is read from: its labels, its annotations, its address. */
import { valueAt } from '../../../../core/json.js';
import type { KubeObject } from '../../../../kube/kube-object.js';

export interface RolePod {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Null while it has none. */
  readonly address: string | null;
}

export function rolePodOf(pod: KubeObject): RolePod {
  const { name, labels = {}, annotations = {} } = pod.metadata;
  const address = valueAt(pod, ['status', 'podIP']);
  return { name, labels, annotations, address: typeof address === 'string' ? address : null };
}
