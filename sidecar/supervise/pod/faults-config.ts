/** What the supervisor of container havock8s-faults is told: one JSON argument. */

import type { PodName } from '../../control/status.js';
import type { InterceptionRequest } from '../../tcp/tcp-config.js';
import type { Level } from '../log-line.js';
import type { PodVolume } from './pod-volume.js';

export interface FaultsConfig {
  /** `/havock8s` in a pod. */
  readonly root: string;
  readonly volumes: readonly PodVolume[];
  readonly interception: InterceptionRequest | null;
  readonly logLevel: Level;
  /** Null: there is none. */
  readonly readOnlyPort: number | null;
  /** Whose sidecar it is; null where nobody said. */
  readonly pod: PodName | null;
  /** Faults may be changed through the control endpoint without its token. */
  readonly openControl: boolean;
  /** Null: one by chance. */
  readonly seed: number | null;
}
