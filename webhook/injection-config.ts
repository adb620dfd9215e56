/** How pods are injected: what the webhook and `havock8s inject` are configured with. */
import { readOnlyPort } from '../core/pod-layout.js';
import type { LabelSelector } from '../kube/label-selector.js';

export interface InjectionConfig {
  readonly image: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /** Pods with these labels are injected without being annotated; null: none. */
  readonly podSelector: LabelSelector | null;
  /** The Pod Security level of a namespace that has no `enforce` label. */
  readonly podSecurityDefault: PodSecurityLevel;
  readonly resources: { readonly mount: SidecarResources; readonly faults: FaultsResources };
  /** Quantities; both emptyDirs are in memory. */
  readonly servedSizeLimit: string;
  readonly runSizeLimit: string;
  /** Whoever reaches a pod's loopback may change its faults, without the token that only the sidecars can read. */
  readonly openControl: boolean;
  /** Where the sidecar shows its faults and metrics to whoever reaches the pod. */
  readonly readOnlyPort: number | 'none';
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

export type PodSecurityLevel = 'privileged' | 'baseline' | 'restricted';

/** Quantities as Kubernetes writes them. */
export interface SidecarResources {
  readonly requests: Compute;
  /** Without a limit of the processor nothing is throttled. */
  readonly limits: Partial<Compute>;
  /**
   * Requests and limits alike in a Guaranteed pod, which would not be one any more without; and the limits in a pod
   * whose every container has some, since a quota may ask for them.
   */
  readonly guaranteed: Compute;
}

export interface FaultsResources extends SidecarResources {
  /** Added to every amount of memory for each volume that is served: each has threads of its own. */
  readonly memoryPerVolume: string;
}

export interface Compute {
  readonly cpu: string;
  readonly memory: string;
}

export const defaultConfig: InjectionConfig = {
  image: 'localhost/havock8s:0.1.0',
  imagePullPolicy: 'IfNotPresent',
  podSelector: null,
  podSecurityDefault: 'privileged',
  resources: {
    mount: {
      requests: { cpu: '5m', memory: '64Mi' },
      limits: { memory: '128Mi' },
      guaranteed: { cpu: '50m', memory: '128Mi' },
    },
    faults: {
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { memory: '384Mi' },
      guaranteed: { cpu: '1', memory: '384Mi' },
      memoryPerVolume: '64Mi',
    },
  },
  servedSizeLimit: '1Mi',
  runSizeLimit: '16Mi',
  openControl: false,
  readOnlyPort,
  logLevel: 'info',
};
