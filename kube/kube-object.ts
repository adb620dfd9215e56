/** What every object of Kubernetes has, and how one is addressed. Objects stay the JSON they came as. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  /** It is to go, and has not gone yet. */
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
}

export interface OwnerReference {
  /** The one that manages it. */
  readonly controller?: boolean;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface Resource {
  /** As in an object: `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
}

/** Many objects: `namespace` null means those of all namespaces, or a resource that has none. */
export interface Selection {
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** One object, or a subresource of it, as `status` is. */
export interface Target {
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly name: string;
  readonly subresource?: string;
}

/** `namespace/name`, or `name` where there is no namespace. */
export function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

export function pathOf({ resource, namespace }: Selection, ...within: readonly string[]): string {
  const { apiVersion, plural } = resource;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const parts = [...(namespace === null ? [] : ['namespaces', namespace]), plural, ...within];
  return `${root}/${parts.map(encodeURIComponent).join('/')}`;
}
