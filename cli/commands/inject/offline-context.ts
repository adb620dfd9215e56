/** What manifests tell of the namespace that their pods will be in. */

import { isObject } from '../../../core/json.js';
import type { AdmissionContext } from '../../../webhook/admission.js';
import type { ManifestFile } from '../../manifests/parse-manifests.js';
import { type Resource, resourcesOf } from '../../manifests/workloads.js';

/** Labels of the Namespaces among the manifests, by name. */
export type Namespaces = ReadonlyMap<string, Readonly<Record<string, string>>>;

export function namespacesOf(files: readonly ManifestFile[]): Namespaces {
  const resources = files.flatMap(({ documents }) => documents.flatMap(({ value }) => resourcesOf(value)));
  return new Map(
    resources
      .filter(({ kind, value }) => kind === 'Namespace' && value['apiVersion'] === 'v1')
      .map(({ name, value }) => [name, labelsOf(value['metadata'])]),
  );
}

/** Offline nobody knows the cluster's version. */
export function offlineContextOf(
  { namespace: own }: Pick<Resource, 'namespace'>,
  { namespaces, namespace: usual }: { readonly namespaces: Namespaces; readonly namespace: string },
): AdmissionContext {
  const namespace = own ?? usual;
  return { namespace, labels: namespaces.get(namespace) ?? {}, minor: null };
}

function labelsOf(metadata: unknown): Readonly<Record<string, string>> {
  const labels = isObject(metadata) && isObject(metadata['labels']) ? metadata['labels'] : {};
  return Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}
