/**
 * What the leader has to do next, from what is there: no I/O, no memory, so that it goes on wherever the last one
 * died. The way of an authority:
 *
 *     prepare ─► trust, in every caBundle ─► settle ─► promote: a leaf under it ─► ask the replicas ─► retire the old
 *
 * At any moment the authority that any replica may serve under stands in every caBundle.
 */

import type { X509Certificate } from 'node:crypto';
import { assertNever } from '../core/assert-never.js';
import type { Bundle } from './bundle.js';
import { certificateLimits } from './limits.js';
import type { Holdings } from './read-secret.js';

export interface Observed {
  /** The last sound holdings that this replica saw. */
  readonly known: Holdings | null;
  /** The certificates that each webhook trusts. */
  readonly trusted: readonly (readonly X509Certificate[])[];
  /** How long every webhook has been seen to trust the authority to come. */
  readonly settledMs: number;
  /** Whether every replica was seen to serve under the present authority. */
  readonly replicas: 'unasked' | 'some-behind' | 'all-there';
}

export type Step =
  | { readonly kind: 'restore'; readonly holdings: Holdings }
  /** `old`: whatever is trusted now, since somebody may serve under it. */
  | { readonly kind: 'prepare'; readonly old: readonly X509Certificate[] }
  | { readonly kind: 'trust'; readonly authorities: readonly X509Certificate[] }
  | { readonly kind: 'promote' }
  | { readonly kind: 'renew' }
  | { readonly kind: 'ask' }
  | { readonly kind: 'retire' }
  | { readonly kind: 'rest'; readonly untilMs: number };

export function nextStep(nowMs: number, held: Holdings, observed: Observed): Step {
  const { authority, leaf, next, old } = held;
  const known = restorable(nowMs, held, observed);
  if (known !== null) return { kind: 'restore', holdings: known };
  if (authority === null && next === null) return { kind: 'prepare', old: distinct(observed.trusted.flat()) };

  const authorities = authoritiesOf(held);
  if (!observed.trusted.every((trusted) => trustsExactly(trusted, authorities)))
    return { kind: 'trust', authorities };
  if (next !== null && isSettled(held, observed)) return { kind: 'promote' };
  // It is there, or nothing but the authority to come is, which has been promoted or waits.
  if (authority !== null && isLeafDue(leaf, authority, nowMs)) return { kind: 'renew' };
  if (authority === null || leaf === null || next !== null) {
    return rest(nowMs, nowMs + certificateLimits.settleMs - observed.settledMs);
  }
  if (old.length > 0) return withOld(nowMs, observed.replicas);
  if (isDue(authority, nowMs)) return { kind: 'prepare', old: [] };
  return rest(nowMs, Math.min(dueMs(leaf), dueMs(authority)));
}

/** Those which every caBundle must have, and nothing else. */
export function authoritiesOf({ authority, next, old }: Holdings): readonly X509Certificate[] {
  const present = [authority, next].flatMap((pair) => (pair === null ? [] : [pair.certificate]));
  return distinct([...present, ...old]);
}

export function trustsExactly(
  trusted: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
): boolean {
  const fingerprints = new Set(authorities.map((certificate) => certificate.fingerprint256));
  return (
    distinct(trusted).length === fingerprints.size &&
    trusted.every((certificate) => fingerprints.has(certificate.fingerprint256))
  );
}

export function isSound({ authority, leaf }: Holdings): boolean {
  return authority !== null && leaf !== null;
}

/**
 * What is lost or broken comes back as it was, unless the authority in the Secret is another by now. This replica may
 * have missed the latest: so what is trusted beside it stays trusted, since somebody may serve under it.
 */
function restorable(nowMs: number, held: Holdings, { known, trusted }: Observed): Holdings | null {
  if (isSound(held) || known?.authority == null || known.leaf == null) return null;
  if (Math.min(known.authority.notAfterMs, known.leaf.notAfterMs) <= nowMs) return null;
  const present = held.authority?.certificate.fingerprint256;
  if (present !== undefined && present !== known.authority.certificate.fingerprint256) return null;
  const ours = new Set(authoritiesOf(known).map(({ fingerprint256 }) => fingerprint256));
  const missed = distinct(trusted.flat()).filter(({ fingerprint256 }) => !ours.has(fingerprint256));
  return { ...known, old: [...missed, ...known.old] };
}

function withOld(nowMs: number, replicas: Observed['replicas']): Step {
  switch (replicas) {
    case 'all-there':
      return { kind: 'retire' };
    case 'some-behind':
      return rest(nowMs, nowMs + certificateLimits.askMs);
    case 'unasked':
      return { kind: 'ask' };
    default:
      return assertNever(replicas);
  }
}

function rest(nowMs: number, untilMs: number): Step {
  return { kind: 'rest', untilMs: Math.min(untilMs, nowMs + certificateLimits.roundMs) };
}

/** At once where nobody trusted, and so nobody served, anything before. */
function isSettled({ authority, old }: Holdings, { settledMs }: Observed): boolean {
  return settledMs >= certificateLimits.settleMs || (authority === null && old.length === 0);
}

/** A leaf that lasts as long as its authority gains nothing by being made again. */
function isLeafDue(leaf: Bundle | null, authority: Bundle, nowMs: number): boolean {
  return leaf === null || (isDue(leaf, nowMs) && leaf.notAfterMs < authority.notAfterMs);
}

function isDue(pair: Bundle, nowMs: number): boolean {
  return nowMs >= dueMs(pair);
}

function dueMs({ notBeforeMs, notAfterMs }: Bundle): number {
  const madeMs = notBeforeMs + certificateLimits.backdateMs;
  return madeMs + (notAfterMs - madeMs) * certificateLimits.renewAt;
}

function distinct(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  return [...new Map(certificates.map((certificate) => [certificate.fingerprint256, certificate])).values()];
}
