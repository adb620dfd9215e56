/**
 * Drain: a cordon, and then each pod of the node is asked to go, as `kubectl drain` does it. What a budget holds back is asked
 * again, until the time is over. The pods come back wherever the scheduler puts them; the node is schedulable again at the end.
 */
import type { Clock } from '../../../../core/clock.js';
import { sleep } from '../../../../core/sleep.js';
import type { KubeApi } from '../../../../kube/kube-api.js';
import { cordon } from './cordon.js';
import { type EvictedPod, evictPods } from './evict-pods.js';
import { nodeLimits } from './node-limits.js';
import type { NodeAction, NodeRequest } from './node-request.js';

export interface DrainOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** After each pass: what became of each pod. */
  readonly onPass?: (pods: readonly EvictedPod[]) => void;
}

/** `begin` resolves when the node is empty of pods that may go, or the time is over, or `signal` says so. */
export const drain = ({ clock, signal, onPass }: DrainOptions): NodeAction => ({
  ...cordon,
  async begin(api, request, nowMs) {
    const said = await cordon.begin(api, request, nowMs);
    const pods = await evictAll(api, request, { clock, signal, ...(onPass && { onPass }) });
    return `${said}; ${saysOf(pods)}`;
  },
});

async function evictAll(
  api: KubeApi,
  { node, untilMs }: NodeRequest,
  { clock, signal, onPass }: DrainOptions,
): Promise<readonly EvictedPod[]> {
  const known = new Map<string, EvictedPod>();
  let restMs: number = nodeLimits.evictionMs.first;
  for (;;) {
    const pass = await evictPods(api, node);
    onPass?.(pass);
    for (const { uid, ...pod } of known.values())
      if (pod.outcome !== 'left') known.set(uid, { uid, ...pod, outcome: 'evicted', message: 'is gone' });
    for (const pod of pass) known.set(pod.uid, pod);
    const remaining = pass.filter(({ outcome }) => outcome !== 'left');
    const leftMs = untilMs - clock.wallMs();
    if (remaining.length === 0 || leftMs <= 0 || signal.aborted) return [...known.values()];
    await sleep(Math.min(restMs, leftMs), { clock, signal });
    restMs = remaining.some(({ outcome }) => outcome === 'held' || outcome === 'failed')
      ? Math.min(restMs * 2, nodeLimits.evictionMs.most)
      : nodeLimits.evictionMs.first;
  }
}

function saysOf(pods: readonly EvictedPod[]): string {
  const count = (...outcomes: readonly EvictedPod['outcome'][]): number =>
    pods.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const stuck = pods.filter(({ outcome }) => outcome === 'held' || outcome === 'failed');
  return [
    `${count('evicted', 'going')} pods evicted`,
    ...(count('left') > 0 ? [`${count('left')} left`] : []),
    ...stuck.map(({ pod, message }) => `${pod} stays: ${message}`),
  ].join('; ');
}
