/** Sets and removes annotations of faults on one pod, and waits until its sidecar has taken that. */
import { systemClock } from '../../core/clock.js';
import { faultPrefix } from '../../core/keys.js';
import { sleep } from '../../core/sleep.js';
import type { KubeApi } from '../../kube/kube-api.js';
import { resources } from '../../kube/resources.js';
import type { ShownFault } from '../client/answers.js';
import { clusterLimits } from './cluster-limits.js';
import type { ClusterPod } from './cluster-pod.js';
import type { SidecarReader } from './sidecar-reader.js';

/** `faults`: the sentence by name; null takes a fault away. With `uid` only of this very pod: one that was made again is a conflict. */
export async function annotateFaults(
  api: KubeApi,
  { namespace, name, uid }: Pick<ClusterPod, 'namespace' | 'name'> & Partial<Pick<ClusterPod, 'uid'>>,
  faults: Readonly<Record<string, string | null>>,
): Promise<void> {
  const annotations = Object.fromEntries(
    Object.entries(faults).map(([fault, sentence]) => [faultPrefix + fault, sentence]),
  );
  await api.patch(
    { resource: resources.pods, namespace, name },
    { kind: 'merge', body: { metadata: { ...(uid !== undefined && { uid }), annotations } } },
  );
}

export type Confirmation =
  | { readonly kind: 'seen'; readonly faults: readonly ShownFault[] }
  /** `why` is one sentence without a full stop. */
  | { readonly kind: 'unseen'; readonly why: string };

/** Resolves when the sidecar lists faults as wanted, cannot be asked, or has not got there in time. */
export async function confirm(
  reader: SidecarReader,
  pod: ClusterPod,
  isWanted: (faults: readonly ShownFault[]) => boolean,
): Promise<Confirmation> {
  const untilMs = systemClock.monotonicMs() + clusterLimits.confirmMs;
  for (;;) {
    const answer = await reader.faultsOf(pod);
    if (answer.kind === 'unknown') return { kind: 'unseen', why: answer.why };
    if (isWanted(answer.faults)) return { kind: 'seen', faults: answer.faults };
    if (systemClock.monotonicMs() >= untilMs)
      return {
        kind: 'unseen',
        why: `its sidecar has not taken it within ${clusterLimits.confirmMs / 1000} s`,
      };
    await sleep(clusterLimits.confirmPollMs, { clock: systemClock });
  }
}

export const annotatedFault = (faults: readonly ShownFault[], name: string): ShownFault | undefined =>
  faults.find((fault) => fault.source === 'annotation' && fault.name === name);
