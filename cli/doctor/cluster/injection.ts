/** Check `injection`: pods that asked for the sidecar and have none, and why; pods with the sidecar of another version. */

import { annotation } from '../../../core/keys.js';
import { programVersion } from '../../../core/program-version.js';
import { admit } from '../../../webhook/admit.js';
import type { InjectionConfig } from '../../../webhook/injection-config.js';
import { reasonSentence } from '../../commands/inject/outcome.js';
import { broken, count, type Judgement, ok, warning } from '../finding.js';
import type { ClusterCheck } from './cluster-check.js';
import { isOver, podWords, type SeenPod, subjectOf } from './seen-pod.js';

export interface InjectionFacts {
  readonly pods: readonly SeenPod[];
  /** Labels by namespace. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly config: InjectionConfig;
  readonly minor: number | null;
}

export const injection: ClusterCheck = {
  name: 'injection',
  look: async (cluster) => {
    const [pods, namespaces, config] = await Promise.all([
      cluster.pods(),
      cluster.namespaces(),
      cluster.config(),
    ]);
    const labels = new Map(namespaces.map((one) => [one.name, one.labels]));
    return judgeInjection({ pods, namespaces: labels, config, minor: cluster.minor });
  },
};

export function judgeInjection(facts: InjectionFacts): readonly Judgement[] {
  const pods = facts.pods.filter((pod) => !isOver(pod));
  const troubles = pods.flatMap((pod) => judgePod(pod, facts));
  const injected = pods.filter((pod) => pod.injection !== null && pod.sidecars.length > 0).length;
  if (troubles.length > 0) return troubles;
  return [
    ok(`${count(injected, 'pod')} injected of ${pods.length} looked at, and none that asked is without`),
  ];
}

function judgePod(pod: SeenPod, facts: InjectionFacts): readonly Judgement[] {
  if (pod.injection === null) return pod.sidecars.length > 0 ? [] : judgeBare(pod, facts);
  if (pod.sidecars.length === 0)
    return [
      broken({
        subject: subjectOf(pod),
        found: `${annotation.status} says that it is injected, and it has no sidecar`,
        follows: 'what should be its disk is an empty directory in memory',
        mend: [
          'find the webhook that takes init containers away; the policy havock8s-native-sidecars refuses such pods',
          recreation(pod),
        ],
      }),
    ];
  const { image, by } = pod.injection;
  if (by === 'hand' || image === facts.config.image) return [];
  return [
    warning({
      subject: subjectOf(pod),
      found: `it has the sidecar of ${image}, and the webhook injects ${facts.config.image} now`,
      follows:
        'it keeps its own as long as it lives: sentences that only the newer one knows are refused there',
      mend: [recreation(pod)],
    }),
  ];
}

const recreation = (pod: SeenPod): string => `kubectl delete ${podWords(pod)}`;

/** Asked of the very code that the webhook asks. */
function judgeBare(pod: SeenPod, { namespaces, config, minor }: InjectionFacts): readonly Judgement[] {
  if (pod.dueMs !== null) return [];
  const labels = namespaces.get(pod.namespace) ?? {};
  const admission = admit(pod.object, {
    context: { namespace: pod.namespace, labels, minor },
    config,
    injector: { by: 'webhook', version: programVersion() },
  });
  if (admission.kind === 'skip') {
    if (admission.reason === 'not-asked' || admission.reason === 'refused') return [];
    const { reason, detail } = admission;
    return [
      warning({
        subject: subjectOf(pod),
        found: `it is not injected: ${reasonSentence(reason, detail)} (${reason})`,
        follows: 'its faults do nothing',
        mend: [mendOf(reason, pod), 'docs/operate/webhook.md has every reason'],
      }),
    ];
  }
  return [
    broken({
      subject: subjectOf(pod),
      found: 'it asks for the sidecar and has none, though nothing speaks against it now',
      follows:
        'its faults do nothing: it was made while the webhook was away, or before its namespace was opted in',
      mend: [recreation(pod)],
    }),
  ];
}

function mendOf(reason: string, pod: SeenPod): string {
  if (reason === 'namespace-not-enabled')
    return `kubectl label namespace ${pod.namespace} havock8s.io/injection=enabled; ${recreation(pod)}`;
  if (reason === 'pod-security')
    return `kubectl label namespace ${pod.namespace} pod-security.kubernetes.io/enforce=privileged --overwrite; ${recreation(pod)}`;
  if (reason === 'bad-inject') return `${annotation.inject}: "true" in the pod template`;
  return `what would be, and why not: kubectl get ${podWords(pod)} -o yaml | havock8s explain -f -`;
}
