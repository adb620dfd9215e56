/** What the sidecar says of itself at `/v1/status`, from what its fault proxy knows and what the registry knows. */
import { release } from 'node:os';
import type { DiskStatus } from '../disk/disk-status.js';
import type { RegistryState } from '../registry/fault-registry.js';
import type { TcpStatus } from '../tcp/tcp-status.js';
import type { Shape } from './api.js';

export type PodName = Shape<'PodName'>;

/** What whoever runs the control endpoint tells it, asked again for each answer. */
export interface SidecarFacts {
  /** Of havock8s. */
  readonly version: string;
  /** Whose sidecar it is, as Kubernetes has it; null outside a pod, or where nobody said. */
  readonly pod: PodName | null;
  /** It was asked to end: every fault is off, or about to be. */
  readonly draining: boolean;
  /** When this process began to serve. */
  readonly startedMs: number;
  /** Why it does not serve, or not yet, as a sentence; null when it does. */
  readonly notReady: string | null;
  /** Null where there is no disk server, or not yet. */
  readonly disk: DiskStatus | null;
  /** Null where there is no TCP proxy. */
  readonly tcp: TcpStatus | null;
}

export function describeSidecar(facts: SidecarFacts, plan: RegistryState, nowMs: number): Shape<'Status'> {
  return {
    version: facts.version,
    node: process.version,
    kernel: release(),
    pids: { faultProxy: process.pid, holder: facts.disk?.holderPid ?? null },
    startedAt: new Date(facts.startedMs).toISOString(),
    uptimeMs: Math.max(0, nowMs - facts.startedMs),
    restarts: facts.disk?.restarts ?? facts.tcp?.restarts ?? 0,
    ready: facts.notReady === null,
    notReady: facts.notReady,
    plan: describePlan(plan, nowMs),
    disk: facts.disk === null ? null : describeDisk(facts.disk),
    tcp: facts.tcp,
  };
}

function describePlan({ changedMs, stopped, ...plan }: RegistryState, nowMs: number): Shape<'PlanStatus'> {
  const changedAt = new Date(changedMs).toISOString();
  return { ...plan, changedAt, ageMs: Math.max(0, nowMs - changedMs), disarmedBy: stopped };
}

/** The counts of operations are the metrics' matter. */
function describeDisk(status: DiskStatus): Shape<'DiskSummary'> {
  const { mounts, parked, parkedOverflows, exhausted, disarmedBy } = status;
  return { mounts, parked, parkedOverflows, exhausted, disarmedBy };
}
