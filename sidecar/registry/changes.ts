/** What two lists of faults, before and after, say has happened. */
import { type Entries, type Entry, isArmed, isSameFault } from './entry.js';

export interface Change {
  readonly kind: 'armed' | 'expired' | 'disarmed' | 'refused';
  readonly entry: Entry;
  readonly reason: DisarmReason | null;
}

/** Why a fault was disarmed while the sidecar goes on. */
export type DisarmReason = 'removed' | 'replaced' | 'shadowed' | 'asked';

/** Ends come before beginnings. */
export function changesBetween(before: Entries, after: Entries): readonly Change[] {
  const changes: Change[] = [];
  for (const [key, entry] of before) {
    if (isArmed(entry)) changes.push(...endingOf(entry, after.get(key)));
  }
  for (const [key, entry] of after) changes.push(...beginningOf(entry, before.get(key)));
  return changes;
}

function endingOf(entry: Entry, next: Entry | undefined): readonly Change[] {
  const disarmed = (reason: DisarmReason): readonly Change[] => [{ kind: 'disarmed', entry, reason }];
  if (next === undefined) return disarmed('removed');
  if (!isSameFault(entry, next) || next.kind === 'refused') return disarmed('replaced');
  if (next.ended === 'expired') return [{ kind: 'expired', entry: next, reason: null }];
  if (next.ended === 'disarmed') return disarmed('asked');
  return next.shadowed ? disarmed('shadowed') : [];
}

function beginningOf(entry: Entry, before: Entry | undefined): readonly Change[] {
  if (entry.kind === 'refused') {
    const known = before?.kind === 'refused' && before.sentence === entry.sentence;
    return known ? [] : [{ kind: 'refused', entry, reason: null }];
  }
  const going = isArmed(before) && isSameFault(before, entry);
  return isArmed(entry) && !going ? [{ kind: 'armed', entry, reason: null }] : [];
}
