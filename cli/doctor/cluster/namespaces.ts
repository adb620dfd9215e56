/** Check `namespaces`: which are opted in, and does Pod Security let our sidecars in? */

import { injectionEnabled, injectionLabel } from '../../../core/keys.js';
import { type Judgement, ok, warning } from '../finding.js';
import type { ClusterCheck } from './cluster-check.js';
import type { Named } from './objects.js';

export interface NamespaceFacts {
  readonly namespaces: readonly Named[];
  /** Of one without a label, as the webhook is told. */
  readonly usualLevel: string;
  /** The one that was asked about. */
  readonly asked: string | null;
}

export const namespaces: ClusterCheck = {
  name: 'namespaces',
  look: async (cluster) =>
    judgeNamespaces({
      namespaces: await cluster.namespaces(),
      usualLevel: (await cluster.config()).podSecurityDefault,
      asked: cluster.options.flags.namespace ?? null,
    }),
};

const enforceLabel = 'pod-security.kubernetes.io/enforce';

export function judgeNamespaces({
  namespaces: all,
  usualLevel,
  asked,
}: NamespaceFacts): readonly Judgement[] {
  const optedIn = all.filter(({ labels }) => labels[injectionLabel] === injectionEnabled);
  if (optedIn.length === 0)
    return [
      warning({
        subject: asked ?? '',
        found: asked === null ? 'no namespace is opted in' : 'it is not opted in',
        follows: 'no pod is injected there, whatever it is annotated with',
        mend: [`kubectl label namespace ${asked ?? 'NAMESPACE'} ${injectionLabel}=${injectionEnabled}`],
      }),
    ];
  const strict = optedIn.flatMap(({ name, labels }) => {
    const level = labels[enforceLabel] ?? usualLevel;
    return level === 'privileged' ? [] : [tooStrict(name, level)];
  });
  const open = optedIn.length - strict.length;
  return open === 0 ? strict : [...strict, ok(`${open} opted in, and Pod Security lets our sidecars in`)];
}

const tooStrict = (subject: string, level: string): Judgement =>
  warning({
    subject,
    found: `it is opted in, and its Pod Security level is ${level}`,
    follows: 'its pods are left as they are: neither a privileged container nor NET_ADMIN passes there',
    mend: [`kubectl label namespace ${subject} ${enforceLabel}=privileged --overwrite`],
  });
