/** A cluster that answers, and what is looked at there. */
import { HavocError } from '../../../sidecar/havoc-error.js';
import type { Check } from '../check.js';
import type { Place } from '../place.js';
import { annotatedFaults } from './annotated-faults.js';
import { apiVersion } from './api-version.js';
import { certificate } from './certificate.js';
import { clocks } from './clocks.js';
import { Cluster } from './cluster.js';
import type { ClusterFlags } from './cluster-flags.js';
import { injection } from './injection.js';
import { Kubectl, type Told } from './kubectl.js';
import { namespaces } from './namespaces.js';
import { nodes } from './nodes.js';
import { sidecars } from './sidecars.js';
import { terminating } from './terminating.js';
import { webhookAtWork } from './webhook-at-work.js';

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
    checks: [
      apiVersion,
      webhookAtWork,
      certificate,
      namespaces,
      nodes,
      clocks,
      injection,
      sidecars,
      terminating,
      annotatedFaults,
    ].map((check) => check(cluster)),
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
