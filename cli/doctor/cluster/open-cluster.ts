/** A cluster that answers, and what is looked at there. */
import { HavocError } from '../../../core/havoc-error.js';
import type { Check } from '../check.js';
import type { Place } from '../place.js';
import { Cluster } from './cluster.js';
import { clusterChecks } from './cluster-checks.js';
import type { ClusterFlags } from './cluster-flags.js';
import { Kubectl, type Told } from './kubectl.js';

/** Rejects with `doctor.unreachable`, or `doctor.no-kubectl`. */
export async function openCluster(
  flags: ClusterFlags,
): Promise<{ readonly place: Extract<Place, { kind: 'cluster' }>; readonly checks: readonly Check[] }> {
  const kubectl = new Kubectl(flags);
  const [{ value, dateMs }, whereabouts] = await Promise.all([
    reach(kubectl),
    kubectl.whereabouts().catch(() => 'the cluster of this pod'),
  ]);
  const cluster = new Cluster({ kubectl, flags, version: value, dateMs: dateMs ?? Date.now() });
  const scope = flags.namespace ?? (flags.allNamespaces === true ? 'all namespaces' : 'opted-in namespaces');
  return {
    place: { kind: 'cluster', says: `on cluster ${whereabouts}: pods of ${scope}` },
    checks: clusterChecks.map(({ name, look }) => ({ name, look: () => look(cluster) })),
  };
}

async function reach(kubectl: Kubectl): Promise<Told> {
  try {
    return await kubectl.getDated('/version');
  } catch (cause) {
    if (!(cause instanceof HavocError) || cause.code === 'doctor.no-kubectl') throw cause;
    const message = `the API server does not answer: ${cause.message}\nSay which: --kubeconfig FILE, --context NAME; and try: kubectl version`;
    throw new HavocError('doctor.unreachable', message, { cause });
  }
}
