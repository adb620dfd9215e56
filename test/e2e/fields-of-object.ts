/**
 * The fields of an object that somebody decided on, by their path, as `spec.taints[0].key`. What Kubernetes counts, stamps with
 * a time or gives out afresh to each pod is left out; so is what tells of a run, but that it is held.
 */
import type { KubeObject } from '../../kube/kube-object.js';

/** Of every kind. */
const counted =
  /^metadata\.(resourceVersion|generation|managedFields)|^status\.observedGeneration|\.observedGeneration$/;
const time = /^"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"$/;
/** A number by chance in the name of a volume that holds the token of a service account. */
const tokenVolume = /kube-api-access-[a-z0-9]{5}/g;

/** What may be otherwise although nobody changed anything: of a pod that came in the place of another, and of a node. */
const byItself: Readonly<Record<string, RegExp>> = {
  Pod: /^metadata\.uid$|^spec\.nodeName$|^status\.(?!phase$|conditions)|^status\.conditions.*\.(message|reason)$/,
  Node: /^status\.(images|volumesInUse|volumesAttached)/,
  Experiment: /^(?!metadata\.finalizers)/,
};

export function fieldsOf(kind: string, object: KubeObject): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (kind === 'ConfigMap' && object.metadata.labels?.['havock8s.io/experiment'] !== undefined) return fields;
  const { apiVersion: _, kind: __, ...rest } = object;
  collect(rest, '', (path, value) => {
    if (counted.test(path) || byItself[kind]?.test(path)) return;
    const text = JSON.stringify(value).replace(tokenVolume, 'kube-api-access');
    fields.set(path, time.test(text) ? 'a time' : kind === 'Secret' ? `${text.length} characters` : text);
  });
  return fields;
}

function collect(value: unknown, path: string, take: (path: string, leaf: unknown) => void): void {
  if (value === null || typeof value !== 'object') {
    take(path, value);
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${path}[${nameOf(item) ?? index}]`, take);
    return;
  }
  for (const [key, item] of Object.entries(value)) collect(item, path === '' ? key : `${path}.${key}`, take);
}

/** Conditions are told by their type: their order means nothing. */
function nameOf(item: unknown): string | undefined {
  const { type, status } = (item ?? {}) as { readonly type?: unknown; readonly status?: unknown };
  return typeof type === 'string' && typeof status === 'string' ? type : undefined;
}
