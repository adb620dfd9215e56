/** What a run in a cluster is played with. */
import type { Clock } from '../../../core/clock.js';
import type { KubeApi } from '../../../kube/kube-api.js';
import type { Plan } from '../../engine/plan.js';
import type { Experiment } from '../../file/experiment.js';
import type { ReadSecret } from '../../secret.js';
import type { ClusterView } from './cluster-view.js';
import type { ReadSidecar } from './sidecar-reader.js';

/** What the run's own object says of it at this moment. */
export interface RunObject {
  readonly isHeld: boolean;
  readonly isPaused: boolean;
}

export interface KubernetesWorldOptions {
  readonly namespace: string;
  /** Of the run. */
  readonly name: string;
  readonly uid: string;
  readonly spec: Experiment['spec'];
  readonly plan: Plan;
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly cluster: ClusterView;
  readonly readSidecar: ReadSidecar;
  readonly secret: ReadSecret;
  readonly object: () => RunObject;
  readonly hold: () => Promise<void>;
  /** Of other runs: by UID of the pod, the run's name. */
  readonly otherRuns: () => ReadonlyMap<string, string>;
  /** Who has stopped everything, since when and why; null: nobody. */
  readonly stopped: () => string | null;
  /** Pods of havock8s itself: by node, their names. */
  readonly ours: () => ReadonlyMap<string, readonly string[]>;
}
