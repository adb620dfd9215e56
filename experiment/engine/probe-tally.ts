/** The measurements of one probe in one phase, counted. */
import type { JournalEvent, Outcome } from '../journal/events.js';

export interface ProbeTally {
  readonly successful: number;
  readonly failed: number;
  /** Inconclusive and Error: nothing was learned. */
  readonly unlearned: number;
  /** Of one kind, one after another, until now. */
  readonly successfulInARow: number;
  readonly failedInARow: number;
  readonly unlearnedInARow: number;
  readonly mostFailedInARow: number;
  /** Of those, the ones since its first success. */
  readonly relapses: Relapses;
  /** When the present row of successes began; null where the last was none. */
  readonly holdsSinceMs: number | null;
  readonly firstSuccessAtMs: number | null;
  readonly lastAtMs: number;
  readonly firstFailure: { readonly atMs: number; readonly seen: string } | null;
  readonly last: { readonly outcome: Outcome; readonly seen: string; readonly tookMs: number };
}

export interface Relapses {
  readonly failed: number;
  readonly mostInARow: number;
  readonly firstFailure: { readonly atMs: number; readonly seen: string } | null;
}

const noRelapses: Relapses = { failed: 0, mostInARow: 0, firstFailure: null };

type Measured = Extract<JournalEvent, { type: 'measured' }>;

/** With one more measurement. */
export function tallied(
  tallies: ReadonlyMap<string, ProbeTally>,
  event: Measured,
): ReadonlyMap<string, ProbeTally> {
  const { outcome, seen, tookMs, atMs, probe } = event;
  const known = tallies.get(probe);
  const success = outcome === 'Successful';
  const failure = outcome === 'Failed';
  const relapses = known?.relapses ?? noRelapses;
  const isRelapse = failure && known !== undefined && known.firstSuccessAtMs !== null;
  const failedInARow = failure ? (known?.failedInARow ?? 0) + 1 : 0;
  const tally: ProbeTally = {
    successful: (known?.successful ?? 0) + (success ? 1 : 0),
    failed: (known?.failed ?? 0) + (failure ? 1 : 0),
    unlearned: (known?.unlearned ?? 0) + (success || failure ? 0 : 1),
    successfulInARow: success ? (known?.successfulInARow ?? 0) + 1 : 0,
    failedInARow,
    unlearnedInARow: success || failure ? 0 : (known?.unlearnedInARow ?? 0) + 1,
    mostFailedInARow: Math.max(known?.mostFailedInARow ?? 0, failedInARow),
    relapses: isRelapse
      ? {
          failed: relapses.failed + 1,
          mostInARow: Math.max(relapses.mostInARow, failedInARow),
          firstFailure: relapses.firstFailure ?? { atMs, seen },
        }
      : relapses,
    holdsSinceMs: success ? (known?.holdsSinceMs ?? atMs) : null,
    firstSuccessAtMs: known?.firstSuccessAtMs ?? (success ? atMs : null),
    lastAtMs: atMs,
    firstFailure: known?.firstFailure ?? (failure ? { atMs, seen } : null),
    last: { outcome, seen, tookMs },
  };
  return new Map(tallies).set(probe, tally);
}
