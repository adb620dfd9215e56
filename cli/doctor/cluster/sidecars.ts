/** Check `sidecars`: those of injected pods that are not native, do not start, were killed, or start again and again. */

import { annotation } from '../../../core/keys.js';
import { sidecar } from '../../../core/pod-layout.js';
import { podTimeouts } from '../../../core/pod-timeouts.js';
import { broken, count, type Judgement, ok, warning } from '../finding.js';
import type { ClusterCheck } from './cluster-check.js';
import { isOver, podWords, type SeenPod, type SeenSidecar, subjectOf } from './seen-pod.js';

export const sidecars: ClusterCheck = {
  name: 'sidecars',
  look: async (cluster) => judgeSidecars(await cluster.pods(), cluster.nowMs),
};

export function judgeSidecars(pods: readonly SeenPod[], nowMs: number): readonly Judgement[] {
  const live = pods.filter((pod) => pod.sidecars.length > 0 && pod.dueMs === null && !isOver(pod));
  const troubles = live.flatMap((pod) => pod.sidecars.flatMap((one) => judgeSidecar(one, pod, nowMs)));
  if (troubles.length > 0) return troubles;
  return [ok(`${count(live.length, 'pod')} with sidecars, and all of them are well`)];
}

/** An image that is pulled, a volume that is attached: it takes its time, and so may the start itself. */
const startingMs = podTimeouts.startupMs;

function judgeSidecar(one: SeenSidecar, pod: SeenPod, nowMs: number): readonly Judgement[] {
  const subject = `${subjectOf(pod)} ${one.name}`;
  const logs = `kubectl logs ${pod.name} -n ${pod.namespace} -c ${one.name}`;
  const describe = `kubectl describe ${podWords(pod)}`;
  if (!one.isNative) return [notNative(subject)];
  if (one.ended?.reason === 'OOMKilled') return [killed(subject, one)];
  if (one.waiting !== null && !/^(PodInitializing|ContainerCreating)$/.test(one.waiting.reason))
    return [judgeWaiting(subject, one.waiting, [`${logs} --previous`, describe])];
  const ageMs = pod.createdMs === null ? 0 : nowMs - pod.createdMs;
  if (!one.isStarted && pod.node !== null && ageMs > startingMs)
    return [
      broken({
        subject,
        found: `it has not started after ${Math.round(ageMs / 1000)} s`,
        follows: 'the pod waits for it: the app does not start',
        mend: [logs, describe, 'docs/operate/troubleshooting.md: "A sidecar does not start"'],
      }),
    ];
  if (one.restarts === 0) return [];
  return [
    warning({
      subject,
      found: `it was started again ${one.restarts} times; it ended with ${one.ended?.code ?? 'an unknown code'} (${one.ended?.reason || 'no reason'})`,
      follows: 'nothing is lost while the other one lives; requests waited meanwhile',
      mend: [`${logs} --previous`],
    }),
  ];
}

const notNative = (subject: string): Judgement =>
  broken({
    subject,
    found: 'it has lost its restartPolicy: Always',
    follows:
      'it is not a sidecar any more: an init container that never ends, or a container that starts after the app',
    mend: [
      'find the mutating webhook built on Kubernetes types from before 1.28: kubectl get mutatingwebhookconfigurations',
      'the policy havock8s-native-sidecars of the manifests refuses such pods, and says so',
    ],
  });

function killed(subject: string, { name, restarts }: SeenSidecar): Judgement {
  const isFaults = name === sidecar.faults;
  return broken({
    subject,
    found: `it ran out of memory (OOMKilled), and was started again ${restarts} times`,
    follows: isFaults
      ? 'operations stalled meanwhile, and connections through it were reset'
      : 'should both sidecars die at once, files that were open are lost',
    mend: isFaults
      ? [`in the pod template: ${annotation.memoryLimit}: "768Mi" (docs/operate/kubernetes.md, Resources)`]
      : ['more memory for havock8s-mount: resources.mount in the configuration of the webhook'],
  });
}

function judgeWaiting(
  subject: string,
  { reason, message }: NonNullable<SeenSidecar['waiting']>,
  mend: readonly string[],
): Judgement {
  const found = `it does not run: ${reason}${message === '' ? '' : `: ${message.slice(0, 300)}`}`;
  const follows = 'the pod waits for it: the app does not start, or not again';
  if (/not a shared (or slave )?mount/.test(message))
    return broken({
      subject,
      found,
      follows: 'the mounts of the kubelet propagate to nobody, and Bidirectional needs that',
      mend: [
        'on the node: mount --make-rshared /',
        'for good: MountFlags=shared in the units of kubelet and containerd',
      ],
    });
  return broken({ subject, found, follows, mend });
}
