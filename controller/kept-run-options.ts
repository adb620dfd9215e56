/** What the life of a run needs: of the cluster, of all runs, and of its own object. */
import type { Clock } from '../core/clock.js';
import type { JournalEvent } from '../experiment/journal/events.js';
import type { RunLedger } from '../experiment/run/kept-ledger.js';
import type { ReadSecret } from '../experiment/secret.js';
import type { ClusterView } from '../experiment/worlds/kubernetes/cluster-view.js';
import type { ReadSidecar } from '../experiment/worlds/kubernetes/sidecar-reader.js';
import type { KubeApi } from '../kube/kube-api.js';
import type { ExperimentObject } from './experiment-object.js';
import type { LedgerAsked } from './ledger-of-run.js';
import type { RunClaims } from './run-claims.js';

export interface KeptRunOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly cluster: ClusterView;
  readonly readSidecar: ReadSidecar;
  readonly claims: RunClaims;
  /** Pods of havock8s itself: by node, their names. */
  readonly ours: () => ReadonlyMap<string, readonly string[]>;
  /** Who has stopped everything, since when and why; null: nobody. */
  readonly stopped: () => string | null;
  readonly secretsOf: (namespace: string) => ReadSecret;
  readonly ledgerOf: (asked: LedgerAsked) => RunLedger | null;
  readonly tell: (experiment: ExperimentObject, event: JournalEvent) => void;
  readonly onError: (error: unknown) => void;
  readonly version: string;
  /** As it is known now; undefined: it is gone. */
  readonly object: () => ExperimentObject | undefined;
  /** Returns the way to listen no longer. */
  readonly onObject: (listener: () => void) => () => void;
  /** Aborts where this controller may go on no more: what it has begun is carried on by the next. */
  readonly signal: AbortSignal;
}
