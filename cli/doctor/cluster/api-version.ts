/** Check `kubernetes`: is the API server new enough? */

import { broken, type Judgement, ok, unknown, warning } from '../finding.js';
import type { ClusterCheck } from './cluster-check.js';
import { textAt } from './objects.js';

export const apiVersion: ClusterCheck = {
  name: 'kubernetes',
  look: (cluster) =>
    judgeVersion(cluster.minor, textAt(cluster.options.version, ['gitVersion']) ?? 'no version'),
};

export function judgeVersion(minor: number | null, version: string): readonly Judgement[] {
  if (minor === null) return [unknown({ found: `its version is not understood: ${version}` })];
  const found = `Kubernetes ${version}`;
  const mend = ['a newer cluster'];
  if (minor < 29)
    return [broken({ found, follows: 'it has no native sidecars (1.29), so no pod is injected', mend })];
  if (minor < 30)
    return [
      warning({
        found,
        follows: 'the manifests need 1.30 (admission policies, match conditions); havock8s inject works',
        mend,
      }),
    ];
  return [ok(found)];
}
