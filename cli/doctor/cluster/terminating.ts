/** Check `terminating`: injected pods that should be gone. */

import { timeLeft } from '../../terminal/time-left.js';
import { broken, type Judgement, ok } from '../finding.js';
import type { ClusterCheck } from './cluster-check.js';
import { seenNode } from './nodes.js';
import { type SeenPod, subjectOf } from './seen-pod.js';

export const terminating: ClusterCheck = {
  name: 'terminating',
  look: async (cluster) => {
    const [pods, nodes] = await Promise.all([cluster.pods(), cluster.nodes().catch(() => [])]);
    const away = nodes.map(seenNode).filter(({ isReady }) => !isReady);
    return judgeTerminating(pods, { nowMs: cluster.nowMs, away: new Set(away.map(({ name }) => name)) });
  },
};

export interface TerminatingContext {
  readonly nowMs: number;
  /** Nodes that are not ready. */
  readonly away: ReadonlySet<string>;
}

/** Beyond the grace: the kubelet tears volumes down after it. */
const slackMs = 30_000;

export function judgeTerminating(
  pods: readonly SeenPod[],
  { nowMs, away }: TerminatingContext,
): readonly Judgement[] {
  const overdue = pods.filter(
    ({ dueMs, sidecars }) => dueMs !== null && sidecars.length > 0 && nowMs - dueMs > slackMs,
  );
  if (overdue.length === 0) return [ok('no injected pod is Terminating beyond its grace')];
  return overdue.map((pod) => judgeOverdue(pod, nowMs, pod.node !== null && away.has(pod.node)));
}

function judgeOverdue(pod: SeenPod, nowMs: number, isNodeAway: boolean): Judgement {
  const { uid, node, dueMs } = pod;
  const found = `it is Terminating, ${timeLeft(nowMs - (dueMs ?? nowMs))} beyond its grace, on node ${node ?? 'none'}`;
  if (isNodeAway)
    return broken({
      subject: subjectOf(pod),
      found,
      follows: 'its node is not ready, so nobody can end it there',
      mend: [`kubectl describe node ${node}`],
    });
  return broken({
    subject: subjectOf(pod),
    found,
    follows: 'the known cause: both sidecars were killed and nobody unmounted, so its volume is busy',
    mend: [
      `on the node: ${unmountAll(uid)}`,
      `the same from here: kubectl debug node/${node ?? 'NODE'} -it --profile=sysadmin --image=busybox -- nsenter -t 1 -m -- sh -c "${unmountAll(uid)}"`,
      `kubectl get events -n ${pod.namespace} --field-selector involvedObject.name=${pod.name}`,
    ],
  });
}

/** Quiet where a mount is listed by two paths, as below a bind mount of the kubelet's directory: it is gone with the first. */
const unmountAll = (uid: string): string =>
  `findmnt -rn -t fuse.havock8s -o TARGET | grep ${uid} | xargs -r -n1 umount --lazy --quiet`;
