/** A pod as the API server has it, read once: what of it concerns faults. */
import { isObject, valueAt } from '../../core/json.js';
import { annotation, faultPrefix, protectedLabel, protectedValue } from '../../core/keys.js';
import { sidecar } from '../../core/pod-layout.js';
import type { KubeObject } from '../../kube/kube-object.js';
import { readStatus } from '../../webhook/injection-status.js';

export interface ClusterPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string | null;
  readonly address: string | null;
  /** Of the port where its sidecar may be read; null where there is none. */
  readonly readOnlyPort: number | null;
  readonly isInjected: boolean;
  readonly isProtected: boolean;
  /** All its containers have ended. */
  readonly hasEnded: boolean;
  /** It is being deleted; its sidecar serves on until the others have ended. */
  readonly isLeaving: boolean;
  readonly annotations: Readonly<Record<string, string>>;
  /** Sentences by the name of their fault, as annotated. */
  readonly annotated: ReadonlyMap<string, string>;
}

export function readClusterPod(object: KubeObject): ClusterPod {
  const { name, namespace = '', uid = '', annotations = {} } = object.metadata;
  return {
    namespace,
    name,
    uid,
    node: textAt(object, 'spec', 'nodeName'),
    address: textAt(object, 'status', 'podIP'),
    readOnlyPort: readStatus(annotations[annotation.status])?.readOnlyPort ?? null,
    isInjected: hasSidecar(object),
    isProtected: isProtected(object),
    hasEnded: ['Succeeded', 'Failed'].includes(textAt(object, 'status', 'phase') ?? ''),
    isLeaving: textAt(object, 'metadata', 'deletionTimestamp') !== null,
    annotations,
    annotated: new Map(
      Object.entries(annotations).flatMap(([key, sentence]) =>
        key.startsWith(faultPrefix) ? [[key.slice(faultPrefix.length), sentence]] : [],
      ),
    ),
  };
}

/** Of a pod, or of a namespace. */
export const isProtected = ({ metadata }: KubeObject): boolean =>
  metadata.labels?.[protectedLabel] === protectedValue;

export const podKey = ({ namespace, name }: Pick<ClusterPod, 'namespace' | 'name'>): string =>
  `${namespace}/${name}`;

function hasSidecar(object: KubeObject): boolean {
  const containers = valueAt(object, ['spec', 'initContainers']);
  return (
    Array.isArray(containers) && containers.some((one) => isObject(one) && one['name'] === sidecar.faults)
  );
}

function textAt(object: KubeObject, ...path: readonly string[]): string | null {
  const value = valueAt(object, path);
  return typeof value === 'string' && value !== '' ? value : null;
}
