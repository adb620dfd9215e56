/**
 * Holds what was acknowledged against what is there.
 *
 *     history (what we were told) ─┐
 *     what each address has ───────┴─ classify ─► acknowledged, lost, stale, duplicated, corrupt, refused, unknown
 */
import type { FoundTable } from './found-table.js';
import type { History } from './history.js';
import { limits } from './limits.js';

export interface Counts {
  readonly acknowledged: number;
  /** Acknowledged, and not there. */
  readonly lost: number;
  /** Acknowledged, not seen by a read that began later, and there at the end. */
  readonly stale: number;
  /** Written once, and there more than once. */
  readonly duplicated: number;
  /** Not as it was written: at the end, or in a read meanwhile. */
  readonly corrupt: number;
  /** The database said no. What is there all the same is wrong. */
  readonly refused: ThereAndGone;
  /** Nobody got the answer. Both are right. */
  readonly unknown: ThereAndGone;
}

export interface ThereAndGone {
  readonly there: number;
  readonly gone: number;
}

/** The first few of each flaw. */
export type Examples = Readonly<Record<Flaw, readonly Example[]>>;

export type Flaw = 'lost' | 'stale' | 'duplicated' | 'corrupt' | 'refusedAndThere';

export interface Example {
  readonly number: number;
  /** When its outcome was known, or, of a read, when the read began. Null of a number that was never written. */
  readonly atMs: number | null;
}

/**
 * `found`: what each address has that was read back. A write must be at every one; without any address nothing is held
 * against anything, and only what readers saw counts.
 */
export function classify(
  history: History,
  found: readonly FoundTable[],
): { readonly counts: Counts; readonly examples: Examples } {
  const { writes } = history;
  const copies = (number: number): readonly number[] => found.map((table) => table.copiesOf(number));
  const isThere = (number: number): boolean => copies(number).some((count) => count > 0);
  const isAltered = (number: number): boolean => found.some((table) => table.isAltered(number));
  const isLost = (number: number): boolean => copies(number).includes(0) && !isAltered(number);
  const numbers = { acknowledged: 0, refused: { there: 0, gone: 0 }, unknown: { there: 0, gone: 0 } };
  const flaws = { lost: 0, stale: 0, duplicated: 0, corrupt: 0, refusedAndThere: 0 };
  const examples: Record<Flaw, Example[]> = {
    lost: [],
    stale: [],
    duplicated: [],
    corrupt: [],
    refusedAndThere: [],
  };
  const tell = (flaw: Flaw, number: number, atMs: number | null): void => {
    flaws[flaw] += 1;
    if (examples[flaw].length < limits.examples) examples[flaw].push({ number, atMs });
  };
  const highest = Math.max(writes.highest, ...found.map((table) => table.highest));
  for (let number = 1; number <= highest; number += 1) {
    const outcome = writes.outcomeOf(number);
    const atMs = outcome === undefined ? null : writes.endedMs(number);
    const there = isThere(number);
    if (Math.max(0, ...copies(number)) > 1) tell('duplicated', number, atMs);
    if (outcome === 'acknowledged') {
      numbers.acknowledged += 1;
      if (isLost(number)) tell('lost', number, atMs);
    } else if (outcome !== undefined) numbers[outcome][there ? 'there' : 'gone'] += 1;
    // Of a writer that was killed before it could remember the answer.
    else if (there) numbers.unknown.there += 1;
    if (outcome === 'refused' && there) tell('refusedAndThere', number, atMs);
  }
  for (const number of alteredNumbers(found))
    tell('corrupt', number, writes.outcomeOf(number) === undefined ? null : writes.endedMs(number));
  tellFlawedReads(history, { tell, isLost, isAltered });
  const altered = Math.max(0, ...found.map((table) => table.altered));
  const { refusedAndThere: _, ...counted } = flaws;
  return { counts: { ...numbers, ...counted, corrupt: Math.max(flaws.corrupt, altered) }, examples };
}

const alteredNumbers = (found: readonly FoundTable[]): ReadonlySet<number> =>
  new Set(found.flatMap((table) => [...table.alteredNumbers]));

interface Telling {
  tell(flaw: Flaw, number: number, atMs: number): void;
  isLost(number: number): boolean;
  isAltered(number: number): boolean;
}

/** A write that is lost is not stale as well, and each number counts once. */
function tellFlawedReads({ flawedReads }: History, { tell, isLost, isAltered }: Telling): void {
  const told = { missing: new Set<number>(), altered: new Set<number>() };
  for (const { number, flaw, startedMs } of flawedReads) {
    const isCounted = told[flaw].has(number) || isAltered(number) || (flaw === 'missing' && isLost(number));
    if (isCounted) continue;
    told[flaw].add(number);
    tell(flaw === 'missing' ? 'stale' : 'corrupt', number, startedMs);
  }
}
