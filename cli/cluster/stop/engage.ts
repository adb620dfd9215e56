/** Makes the EmergencyStop of the cluster, or renews the one that is there. */
import type { Clock } from '../../../core/clock.js';
import { hasCode } from '../../../core/havoc-error.js';
import { valueAt } from '../../../core/json.js';
import { type EmergencyStop, emergencyStopTarget } from '../../../kube/emergency-stop.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import { resources } from '../../../kube/resources.js';
import { clusterLimits } from '../cluster-limits.js';
import type { Cluster } from '../open-cluster.js';
import { persist } from './persist.js';

/** Rejects as the API server refuses it. */
export async function engage(api: KubeApi, { reason, by, at }: EmergencyStop, clock: Clock): Promise<void> {
  const { resource, namespace, name } = emergencyStopTarget;
  const { apiVersion, kind } = resources.emergencyStops;
  const spec = { reason, ...(by !== null && { by }), ...(at !== null && { at }) };
  await persist(async () => {
    try {
      await api.create({ resource, namespace }, { apiVersion, kind, metadata: { name }, spec });
    } catch (error) {
      if (!hasCode(error, 'kube.exists')) throw error;
      await api.patch(emergencyStopTarget, { kind: 'merge', body: { spec } });
    }
  }, clock);
}

/** Who asks, as the API server knows them; where it does not say, as the kubeconfig calls them. Never rejects. */
export async function userOf({ ask, user }: Pick<Cluster, 'ask' | 'user'>): Promise<string | null> {
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
  try {
    const request = { method: 'POST', path, body, contentType: 'application/json' };
    const answer = await ask(request, clusterLimits.readMs);
    const name = valueAt(answer, ['status', 'userInfo', 'username']);
    return typeof name === 'string' && name !== '' ? name.slice(0, 256) : user;
  } catch {
    // Older than 1.28, or forbidden: who stopped is worth less than that it is stopped.
    return user;
  }
}
