/** A pod of a database as its author wrote it, and how it is admitted in most tests. */
import jsonPatch from 'fast-json-patch';
import type { Admission, AdmissionContext } from '../../webhook/admission.js';
import { type AdmitOptions, admit } from '../../webhook/admit.js';
import { defaultConfig, type InjectionConfig } from '../../webhook/injection-config.js';

type Json = Record<string, unknown>;

export interface PodParts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly container?: Json;
  readonly initContainers?: readonly Json[];
  readonly volumes?: readonly Json[];
  readonly spec?: Json;
}

/** Asked for, with a claim called data at /data and port 5432. */
export function aPod({ annotations = {}, labels, container = {}, spec = {}, ...lists }: PodParts = {}) {
  return {
    metadata: {
      generateName: 'pg-',
      // Kubernetes writes no empty map.
      ...(labels === undefined ? {} : { labels }),
      annotations: { 'havock8s.io/inject': 'true', ...annotations } as Record<string, string>,
    },
    spec: {
      ...(lists.initContainers === undefined ? {} : { initContainers: lists.initContainers }),
      containers: [
        {
          name: 'postgres',
          image: 'postgres:16',
          ports: [{ containerPort: 5432 }],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
          ...container,
        },
      ],
      volumes: lists.volumes ?? [{ name: 'data', persistentVolumeClaim: { claimName: 'data-pg-0' } }],
      ...spec,
    },
  };
}

export interface Circumstances {
  readonly labels?: Readonly<Record<string, string>>;
  readonly minor?: number | null;
  readonly config?: Partial<InjectionConfig>;
  readonly by?: 'webhook' | 'hand';
}

export function admitOptions({
  labels = {},
  minor = 34,
  config = {},
  by = 'webhook',
}: Circumstances = {}): AdmitOptions {
  const context: AdmissionContext = {
    namespace: 'databases',
    labels: { 'havock8s.io/injection': 'enabled', ...labels },
    minor,
  };
  return { context, config: { ...defaultConfig, ...config }, injector: { by, version: '1.2.3' } };
}

export const admitted = (pod: unknown, circumstances: Circumstances = {}): Admission =>
  admit(pod, admitOptions(circumstances));

/** Throws where it is skipped. */
export function injected(pod: unknown, circumstances: Circumstances = {}) {
  const admission = admitted(pod, circumstances);
  if (admission.kind === 'skip') throw new Error(`skipped: ${admission.reason} ${admission.detail}`);
  return { ...admission, pod: patched(pod, admission.patch) };
}

/** Applied by the rules of RFC 6902, each operation checked. */
export const patched = (pod: unknown, patch: readonly jsonPatch.Operation[]): InjectedPod =>
  jsonPatch.applyPatch(structuredClone(pod), structuredClone(patch), true).newDocument as InjectedPod;

/** As far as tests look into it. */
export interface InjectedPod {
  readonly metadata: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly InjectedContainer[];
    readonly initContainers: readonly InjectedContainer[];
    readonly volumes: readonly { readonly name: string; readonly emptyDir?: unknown }[];
  };
}

export interface InjectedContainer {
  readonly name: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly resources: { readonly requests?: Json; readonly limits?: Json };
  readonly securityContext: Json & { readonly capabilities?: { readonly add: readonly string[] } };
  readonly volumeMounts: readonly (Json & { readonly name: string })[];
}
