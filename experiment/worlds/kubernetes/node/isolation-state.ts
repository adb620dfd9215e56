/** Is a node isolated? Judged by what the API server itself has stamped, whatever our own clock says. */
import { nodeLimits } from './node-limits.js';
import type { Lease, NodeIsolation } from './node-objects.js';
import type { NodeActionState } from './node-request.js';

/** Kubelets renew four times within the time of their lease. */
const renewalsOfALease = 4;
const defaultLeaseSeconds = 40;

/** When it began and ends, by the clock of the API server. */
export function readIsolation({ metadata, spec }: NodeIsolation): {
  readonly beganAtMs: number;
  readonly endsAtMs: number;
} {
  const beganAtMs = Date.parse(metadata.creationTimestamp ?? '');
  return { beganAtMs, endsAtMs: beganAtMs + durationMs(spec.lasts) };
}

/** In force when the kubelet should have renewed its lease and could not. */
export function isolationState(
  isolation: NodeIsolation,
  lease: Lease | null,
  serverMs: number,
): NodeActionState {
  const { beganAtMs, endsAtMs } = readIsolation(isolation);
  if (isolation.metadata.deletionTimestamp !== undefined || serverMs >= endsAtMs) return 'absent';
  if (lease === null) return 'beginning';
  const { renewTime } = lease.spec ?? {};
  const renewedAtMs = renewTime === undefined ? 0 : Date.parse(renewTime);
  if (renewedAtMs > beganAtMs + nodeLimits.enforcementMs) return 'ineffective';
  const { leaseDurationSeconds = defaultLeaseSeconds } = lease.spec ?? {};
  const everyMs = (leaseDurationSeconds * 1000) / renewalsOfALease;
  return serverMs > Math.max(renewedAtMs, beganAtMs) + everyMs + nodeLimits.enforcementMs
    ? 'in-force'
    : 'beginning';
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** As the CRD's pattern has it: `2m30s`. */
export const durationMs = (text: string): number =>
  [...text.matchAll(/(\d+)(ms|s|m|h)/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  );
