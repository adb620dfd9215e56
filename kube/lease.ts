/**
 * The election's rules, without any I/O. A lease is judged by when we saw it change, on our own monotonic clock,
 * never by the times written in it: so no two clocks need to agree (as client-go).
 */
import type { KubeObject, OwnerReference } from './kube-object.js';
import { leaseLimits } from './limits.js';

export interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

export interface ObservedLease {
  readonly lease: Lease;
  /** When it was first seen with this resourceVersion. */
  readonly sinceMs: number;
}

/** The same lease keeps the time of its first sight. */
export function observe(before: ObservedLease | null, lease: Lease, nowMs: number): ObservedLease {
  const same = before?.lease.metadata.resourceVersion === lease.metadata.resourceVersion;
  return before !== null && same ? before : { lease, sinceMs: nowMs };
}

export function mayHold({ lease, sinceMs }: ObservedLease, identity: string, nowMs: number): boolean {
  const holder = lease.spec?.holderIdentity ?? '';
  if (holder === '' || holder === identity) return true;
  return nowMs >= sinceMs + (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
}

export interface HeldLease {
  readonly name: string;
  readonly namespace: string;
  readonly identity: string;
  readonly owner: OwnerReference | null;
  readonly wallMs: number;
}

/** What to write to take the lease or keep it. Labels, annotations and the resourceVersion of `before` stay. */
export function heldLease(
  before: Lease | null,
  { name, namespace, identity, owner, wallMs }: HeldLease,
): Lease {
  const now = microTime(wallMs);
  const stays = before?.spec?.holderIdentity === identity;
  const transitions = before?.spec?.leaseTransitions ?? 0;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ...before?.metadata, ...(owner !== null && { ownerReferences: [owner] }) },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: leaseLimits.durationMs / 1000,
      acquireTime: (stays ? before.spec?.acquireTime : undefined) ?? now,
      renewTime: now,
      leaseTransitions: before === null || stays ? transitions : transitions + 1,
    },
  };
}

/** Nobody's, so that the next one need not wait. */
export function releasedLease(held: Lease, wallMs: number): Lease {
  const now = microTime(wallMs);
  const { leaseTransitions = 0 } = held.spec ?? {};
  return {
    ...held,
    spec: { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now, leaseTransitions },
  };
}

/** Kubernetes writes the times of a Lease to the microsecond. */
function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}
