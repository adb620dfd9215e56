/** Where the ledger of a run is kept: in this process, or by a pod beside the application, which outlives it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.js';
import type { Plan } from '../experiment/engine/plan.js';
import type { Experiment } from '../experiment/file/experiment.js';
import type { JournalEvent } from '../experiment/journal/events.js';
import { KeptLedger, type RunLedger } from '../experiment/run/kept-ledger.js';
import type { ReadSecret } from '../experiment/secret.js';
import type { ClusterView } from '../experiment/worlds/kubernetes/cluster-view.js';
import { LedgerPod } from '../experiment/worlds/kubernetes/ledger-pod.js';
import type { KubeApi } from '../kube/kube-api.js';

export interface LedgerAsked {
  readonly experiment: Experiment;
  readonly plan: Plan;
  readonly namespace: string;
  /** Of the run. */
  readonly uid: string;
  readonly secret: ReadSecret;
  /** What is written of the run by now. */
  readonly past: readonly JournalEvent[];
}

export interface LedgerMeans {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly cluster: ClusterView;
  /** What ledgers of this process remember. */
  readonly stateDir: string;
}

/** Null where it has none. */
export function ledgerOfRun(
  { experiment, plan, namespace, uid, secret, past }: LedgerAsked,
  { api, clock, cluster, stateDir }: LedgerMeans,
): RunLedger | null {
  const { ledger: spec } = experiment.spec;
  if (spec === undefined) return null;
  if (spec.kind === 'statefulSet')
    return new LedgerPod({ spec, plan, namespace, uid, past, api, clock, cluster });
  return new KeptLedger(spec, { stateDir: folderIn(stateDir, uid), clock, secret });
}

function folderIn(stateDir: string, uid: string): string {
  const folder = join(stateDir, uid);
  mkdirSync(folder, { recursive: true });
  return folder;
}
