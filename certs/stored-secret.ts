/** The Secret in the API server: read, and written so that of two who write at once one is told that it was late. */
import { hasCode } from '../core/havoc-error.js';
import type { KubeApi } from '../kube/kube-api.js';
import type { OwnerReference } from '../kube/kube-object.js';
import { resources } from '../kube/resources.js';
import { certificateLimits } from './limits.js';
import { type Holdings, type Secret, writeEntries } from './read-secret.js';

export interface SecretPlace {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly secret: string;
  readonly owner: OwnerReference | null;
}

export function readStoredSecret({ api, namespace, secret: name }: SecretPlace): Promise<Secret | null> {
  return api.get<Secret>({ resource: resources.secrets, namespace, name });
}

/** False when somebody else changed, made or deleted it meanwhile. What others wrote beside our entries goes. */
export async function storeSecret(
  { api, namespace, secret: name, owner }: SecretPlace,
  before: Secret | null,
  holdings: Holdings,
): Promise<boolean> {
  const resource = resources.secrets;
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: before?.type ?? 'kubernetes.io/tls',
    metadata: { name, namespace, ...before?.metadata, ...(owner !== null && { ownerReferences: [owner] }) },
    data: writeEntries({ ...holdings, old: holdings.old.slice(0, certificateLimits.oldAuthorities) }),
  };
  try {
    if (before === null) await api.create({ resource, namespace }, secret);
    else await api.replace({ resource, namespace, name }, secret);
    return true;
  } catch (error) {
    if (hasCode(error, 'kube.conflict', 'kube.exists', 'kube.not-found')) return false;
    throw error;
  }
}
