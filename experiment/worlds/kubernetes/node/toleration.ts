/** What a pod tolerates, as Kubernetes reads it. */
import { taintsOf } from './node-before.js';
import type { Node, Taint } from './node-objects.js';
import type { Pod, Toleration } from './pod-objects.js';

const unreachable: Taint = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };

/** How long after the control plane has lost its node a pod stays: 0 is at once, infinite for ever. */
export const toleratesLossMs = (pod: Pod): number => toleratesMs(pod, unreachable);

/** How long it stays on a node that has this taint. */
export function toleratesMs(pod: Pod, taint: Taint): number {
  const fitting = (pod.spec?.tolerations ?? []).filter((toleration) => covers(toleration, taint));
  if (fitting.length === 0) return 0;
  const seconds = fitting.flatMap(({ tolerationSeconds }) => tolerationSeconds ?? []);
  return seconds.length === 0 ? Number.POSITIVE_INFINITY : Math.max(0, Math.min(...seconds)) * 1000;
}

/** The taint that keeps it from being scheduled there; null: none. */
export const repels = (node: Node, pod: Pod): Taint | null =>
  taintsOf(node).find(
    (taint) =>
      taint.effect !== 'PreferNoSchedule' &&
      !(pod.spec?.tolerations ?? []).some((toleration) => covers(toleration, taint)),
  ) ?? null;

/** Without a key and with Exists it is for every taint; without an effect, for every effect. */
function covers(
  { key = '', operator = 'Equal', value = '', effect = '' }: Toleration,
  taint: Taint,
): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return key !== '' && value === (taint.value ?? '');
}
