/** Holds what the clients were told against what is there. */
import { accounts, type Entry, entryOf, isSame } from './entry.js';
import type { Transaction } from './transaction.js';

export interface Audit {
  readonly acknowledged: number;
  readonly present: number;
  /** Acknowledged, and gone. */
  readonly lost: number;
  /** There, and not what was written, or written though it was refused. */
  readonly wrong: number;
  readonly refused: number;
  /** Of the unknown: how many turned out to be there, how many not. Either is right. */
  readonly unknown: { readonly there: number; readonly gone: number };
  /** Balances that are not the sum of their rows. */
  readonly wrongBalances: number;
}

export interface Found {
  readonly entries: readonly Entry[];
  readonly balances: ReadonlyMap<number, number>;
}

export function audit(transactions: readonly Transaction[], found: Found): Audit {
  const rows = new Map(found.entries.map((entry) => [entry.id, entry]));
  const ids = (outcome: Transaction['outcome']): readonly number[] =>
    transactions.filter((transaction) => transaction.outcome === outcome).map(({ id }) => id);
  const isThere = (id: number): boolean => rows.has(id);
  const [acknowledged, refused, unknown] = [ids('acknowledged'), ids('refused'), ids('unknown')];
  const lost = acknowledged.filter((id) => !isThere(id)).length;
  const altered = found.entries.filter((entry) => !isSame(entry, entryOf(entry.id))).length;
  const alteredAcknowledged = acknowledged.filter((id) => isAltered(rows.get(id))).length;
  return {
    acknowledged: acknowledged.length,
    present: acknowledged.length - lost - alteredAcknowledged,
    lost,
    wrong: altered + refused.filter(isThere).length,
    refused: refused.length,
    unknown: { there: unknown.filter(isThere).length, gone: unknown.filter((id) => !isThere(id)).length },
    wrongBalances: wrongBalances(found),
  };
}

export const isWhole = ({ lost, wrong, wrongBalances }: Audit): boolean => lost + wrong + wrongBalances === 0;

const isAltered = (entry: Entry | undefined): boolean =>
  entry !== undefined && !isSame(entry, entryOf(entry.id));

/** A row and its balance are written by one transaction: both are there, or neither. */
function wrongBalances({ entries, balances }: Found): number {
  const sums = new Map<number, number>();
  for (const { account, amount } of entries) sums.set(account, (sums.get(account) ?? 0) + amount);
  const all = Array.from({ length: accounts }, (_, account) => account);
  return all.filter((account) => balances.get(account) !== (sums.get(account) ?? 0)).length;
}
