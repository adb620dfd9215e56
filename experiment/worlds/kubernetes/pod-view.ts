/** What is kept of a pod, whether it is a target or not: little, where there are ten thousand of them. */
import { isObject, jsonOf } from '../../../core/json.js';
import { annotation, faultPrefix } from '../../../core/keys.js';
import type { KubeObject, OwnerReference } from '../../../kube/kube-object.js';

export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Without the large ones: what operators say of a pod is short. */
  readonly annotations: Readonly<Record<string, string>>;
  /** By name: their sentences. */
  readonly faults: ReadonlyMap<string, string>;
  /** Empty: it has no node yet. */
  readonly node: string;
  /** Empty: it has no address yet. */
  readonly address: string;
  /** Of each family. */
  readonly addresses: readonly string[];
  readonly isReady: boolean;
  /** It is to go, or has come to its end. */
  readonly isEnding: boolean;
  readonly isInjected: boolean;
  /** Of its read-only port; null: it has none. */
  readonly port: number | null;
  readonly owner: OwnerReference | null;
  readonly claims: readonly string[];
  readonly containers: readonly ContainerView[];
}

export interface ContainerView {
  readonly name: string;
  readonly image: string;
  readonly restarts: number;
}

interface PodObject extends KubeObject {
  readonly spec?: {
    readonly nodeName?: string;
    readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName?: string } | null }[];
    readonly containers?: readonly { readonly name?: string; readonly image?: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip?: string }[];
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[];
    readonly containerStatuses?: readonly { readonly name?: string; readonly restartCount?: number }[];
  };
}

export function podView(object: KubeObject): PodView {
  const { metadata, spec = {}, status = {} } = object as PodObject;
  const { namespace = '', name, uid = '', labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const injected = jsonOf(annotations[annotation.status] ?? '');
  return {
    ...{ namespace, name, uid, labels },
    annotations: shortOnes(annotations),
    faults: faultsOf(annotations),
    node: spec.nodeName ?? '',
    address: status.podIP ?? '',
    addresses: (status.podIPs ?? [{ ip: status.podIP }]).flatMap(({ ip }) => ip ?? []),
    isReady: (status.conditions ?? []).some((one) => one.type === 'Ready' && one.status === 'True'),
    isEnding:
      metadata.deletionTimestamp !== undefined || status.phase === 'Succeeded' || status.phase === 'Failed',
    isInjected: isObject(injected),
    port: portOf(injected),
    owner: ownerReferences.find(({ controller }) => controller === true) ?? null,
    claims: (spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []),
    containers: (spec.containers ?? []).map((container) => ({
      name: container.name ?? '',
      image: container.image ?? '',
      restarts:
        (status.containerStatuses ?? []).find((one) => one.name === container.name)?.restartCount ?? 0,
    })),
  };
}

/** Of an annotation, in characters. */
const mostAnnotation = 512;

const shortOnes = (annotations: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(annotations).filter(
      ([key, value]) => value.length <= mostAnnotation && !key.startsWith(faultPrefix),
    ),
  );

const faultsOf = (annotations: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(annotations).flatMap(([key, sentence]) =>
      key.startsWith(faultPrefix) ? [[key.slice(faultPrefix.length), sentence] as const] : [],
    ),
  );

function portOf(injected: unknown): number | null {
  const port = isObject(injected) ? injected['readOnlyPort'] : null;
  return typeof port === 'number' && port > 0 ? port : null;
}
