/** What becomes of a pod: injected, with what is left out and why, or left as it is, with the reason. */
import type { Operation } from 'fast-json-patch';
import type { InjectionStatus } from './injection-status.js';
import type { Note, SkipCode } from './reasons.js';

export type Admission =
  | {
      readonly kind: 'inject';
      /** Empty where the pod is already as it should be. */
      readonly patch: readonly Operation[];
      readonly status: InjectionStatus;
      readonly notes: readonly Note[];
    }
  | {
      readonly kind: 'skip';
      readonly reason: SkipCode;
      readonly detail: string;
      readonly notes: readonly Note[];
    };

/** What is known of the pod's namespace and of the cluster. */
export interface AdmissionContext {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of Kubernetes 1.MINOR; null where nobody can tell, as offline. */
  readonly minor: number | null;
}
