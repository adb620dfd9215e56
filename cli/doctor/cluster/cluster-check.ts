/** A check that asks a cluster. */
import type { Judgement } from '../finding.js';
import type { Cluster } from './cluster.js';

export interface ClusterCheck {
  /** Stable: programs switch on it. */
  readonly name: string;
  look(cluster: Cluster): Promise<readonly Judgement[]> | readonly Judgement[];
}
