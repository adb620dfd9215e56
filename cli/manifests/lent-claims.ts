/**
 * The volumes that a StatefulSet's controller adds to each of its pods, one for each claim template: a template is
 * looked at as the pod that it becomes.
 */
import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../core/json.js';
import type { Workload } from './workloads.js';

type Changeable = Record<string, unknown>;

/** Changes `pod`; what comes back takes the volumes out again, and with them a list that holds no others. */
export function lendClaims(pod: unknown, { claims, name }: Workload): () => void {
  const spec = isObject(pod) ? pod['spec'] : undefined;
  if (!isObject(spec)) return () => {};
  const had = spec['volumes'];
  const own: readonly unknown[] = Array.isArray(had) ? had : [];
  const isThere = (claim: string): boolean =>
    own.some((volume) => isObject(volume) && volume['name'] === claim);
  const lent = claims
    .filter((claim) => !isThere(claim))
    .map((claim) => ({ name: claim, persistentVolumeClaim: { claimName: `${claim}-${name}-0` } }));
  if (lent.length === 0) return () => {};
  if (Array.isArray(had)) had.push(...lent);
  else (spec as Changeable)['volumes'] = lent;
  return () => {
    const list: unknown = spec['volumes'];
    if (!Array.isArray(list)) return;
    const kept = list.filter((volume) => !lent.some((one) => isDeepStrictEqual(one, volume)));
    list.splice(0, list.length, ...kept);
    if (kept.length > 0 || (Array.isArray(had) && own.length === 0)) return;
    if (had === null) (spec as Changeable)['volumes'] = null;
    else delete (spec as Changeable)['volumes'];
  };
}
