/** The fields of Kubernetes' objects that losing a node is about. What is not here is not looked at, and stays. */
import type { KubeObject } from '../../../../kube/kube-object.js';

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly lastTransitionTime?: string;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

export interface Node extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean; readonly taints?: readonly Taint[] };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface Lease extends KubeObject {
  readonly spec?: { readonly renewTime?: string; readonly leaseDurationSeconds?: number };
}

/** One run of an experiment. Its object may be gone when somebody reads this. */
export interface RunReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface NodeIsolation extends KubeObject {
  readonly spec: {
    readonly node: string;
    /** A duration of Kubernetes, such as `90s`. */
    readonly lasts: string;
    readonly cutsPods?: boolean;
    readonly reason?: string;
    readonly run?: RunReference;
  };
}

export const isReady = ({ status }: Pick<Node, 'status'>): boolean =>
  status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
