/** Histories as a test writes them. */
import { entryOf } from '../../../experiment/ledger/entry.js';
import { FoundTable } from '../../../experiment/ledger/found-table.js';
import type { FlawedRead, History } from '../../../experiment/ledger/history.js';
import { type Outcome, WriteTable } from '../../../experiment/ledger/write-table.js';

export const ledgerId = '0123456789ab';

/** Write n began at 10 n ms and took n ms. */
export function historyOf(
  outcomes: Readonly<Record<number, Outcome>>,
  flawedReads: readonly FlawedRead[] = [],
): History {
  const writes = new WriteTable();
  for (const [key, outcome] of Object.entries(outcomes)) {
    const number = Number(key);
    writes.add({ number, outcome, startedMs: 10 * number, tookMs: number });
  }
  const beginning = {
    id: ledgerId,
    target: { kind: 'postgres', url: 'postgres://app@db/app' },
    startedAt: '2026-11-30T12:00:00.000Z',
  } as const;
  return { beginning, writes, flawedReads, registerCalls: [], endedMs: 500 };
}

/** A number is whole; a pair is a number and what is there in place of its value. */
export function foundOf(...entries: readonly (number | readonly [number, string])[]): FoundTable {
  const found = new FoundTable(ledgerId);
  for (const entry of entries)
    found.add(typeof entry === 'number' ? entryOf(ledgerId, entry) : { number: entry[0], value: entry[1] });
  return found;
}
