/** One pod by its name, and whether faults may be set on it. */
import { HavocError, hasCode } from '../../core/havoc-error.js';
import {
  annotation,
  injectionEnabled,
  injectionLabel,
  protectedLabel,
  protectedValue,
} from '../../core/keys.js';
import { nearest } from '../../core/nearest.js';
import { printable } from '../../core/printable.js';
import { resources } from '../../kube/resources.js';
import { clusterLimits } from './cluster-limits.js';
import { type ClusterPod, isProtected, podKey, readClusterPod } from './cluster-pod.js';
import type { Cluster } from './open-cluster.js';

/** Rejects with `pod.not-found`, which knows the nearest name. */
export async function findPod({ api, namespace }: Cluster, name: string): Promise<ClusterPod> {
  const object = await api.get({ resource: resources.pods, namespace, name });
  if (object !== null) return readClusterPod(object);
  const names = await namesOfPods({ api, namespace });
  const likely = nearest(name.slice(0, 253), names);
  const wayOut =
    likely !== undefined
      ? `did you mean "${likely}"?`
      : names.length === 0
        ? 'it has none that is injected'
        : `it has ${names.slice(0, clusterLimits.namesTold).join(', ')}`;
  throw new HavocError(
    'pod.not-found',
    `there is no pod "${printable(name)}" in namespace ${namespace}; ${wayOut}`,
  );
}

/** Of those that are injected; none where they may not be listed. */
async function namesOfPods({
  api,
  namespace,
}: Pick<Cluster, 'api' | 'namespace'>): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    await api.listEach({ resource: resources.pods, namespace }, (object) => {
      if (readClusterPod(object).isInjected) names.push(object.metadata.name);
    });
  } catch (error) {
    if (!hasCode(error, 'kube.forbidden', 'kube.bad-answer')) throw error;
  }
  return names;
}

/** Rejects with `pod.not-injected`, `pod.ended` or `pod.protected`, each with the way out. */
export async function checkFaultable({ api }: Cluster, pod: ClusterPod): Promise<void> {
  const key = podKey(pod);
  if (!pod.isInjected) {
    throw new HavocError(
      'pod.not-injected',
      `pod ${key} has no sidecar of havock8s, which is put into a pod when it is created; to have one:
  kubectl label namespace ${pod.namespace} ${injectionLabel}=${injectionEnabled}
  in the template of its workload: annotations: {${annotation.inject}: "true"}`,
    );
  }
  if (pod.hasEnded || pod.isLeaving)
    throw new HavocError('pod.ended', `pod ${key} ${pod.hasEnded ? 'has ended' : 'is being deleted'}`);
  if (pod.isProtected) throw protectedError(`pod ${key}`, `label pod ${pod.name} -n ${pod.namespace}`);
  if (await isNamespaceProtected(api, pod.namespace))
    throw protectedError(`namespace ${pod.namespace}`, `label namespace ${pod.namespace}`);
}

async function isNamespaceProtected(api: Cluster['api'], name: string): Promise<boolean> {
  try {
    const object = await api.get({ resource: resources.namespaces, namespace: null, name });
    return object !== null && isProtected(object);
  } catch (error) {
    if (!hasCode(error, 'kube.forbidden')) throw error;
    throw new HavocError(
      'kube.forbidden',
      `whether namespace ${name} is protected cannot be read: that takes the verb get on namespaces`,
      { cause: error },
    );
  }
}

const protectedError = (what: string, unprotect: string): HavocError =>
  new HavocError(
    'pod.protected',
    `${what} has the label ${protectedLabel}=${protectedValue}: no fault is set there; who may decide takes it off: kubectl ${unprotect} ${protectedLabel}-`,
  );
