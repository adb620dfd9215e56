/** Whom the objects we make belong to, so that uninstalling that leaves none of them. Needs `get` on deployments. */
import type { KubeApi } from './kube-api.js';
import type { OwnerReference } from './kube-object.js';
import { resources } from './resources.js';

/** Null when there is no such Deployment: then nothing owns them. */
export async function readOwner(
  api: KubeApi,
  namespace: string,
  name: string,
): Promise<OwnerReference | null> {
  const deployment = await api.get({ resource: resources.deployments, namespace, name });
  const uid = deployment?.metadata.uid;
  if (uid === undefined) return null;
  const { apiVersion, kind } = resources.deployments;
  return { apiVersion, kind, name, uid };
}
