/** What a ledger remembers of its own operations: what is judged against what is there at the end. */
import type { LedgerTarget } from './databases/database.js';
import type { RegisterCall } from './registers/register-calls.js';
import type { WriteTable } from './write-table.js';

export interface Beginning {
  /** Of this ledger, and of no other. */
  readonly id: string;
  readonly target: Omit<LedgerTarget, 'password'>;
  /** ISO 8601. All other times are milliseconds since then. */
  readonly startedAt: string;
}

/** A write that was acknowledged before the read began, and that the read did not find as it was written. */
export interface FlawedRead {
  readonly number: number;
  readonly flaw: 'missing' | 'altered';
  readonly startedMs: number;
}

export interface History {
  readonly beginning: Beginning;
  readonly writes: WriteTable;
  readonly flawedReads: readonly FlawedRead[];
  readonly registerCalls: readonly RegisterCall[];
  /** When the writers ended; where they were killed, the last that is known of them. */
  readonly endedMs: number;
}

/** The name of the table, or what the names of all keys begin with. */
export const spaceOf = ({ id }: Beginning): string => `havock8s_ledger_${id}`;
