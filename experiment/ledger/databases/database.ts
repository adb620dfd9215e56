/** What the ledger needs of a database. One file beside this one for each kind. */
import type { Clock } from '../../../core/clock.js';
import type { Entry } from '../entry.js';

export const databaseKinds = ['postgres', 'mysql', 'redis', 'etcd'] as const;

export type DatabaseKind = (typeof databaseKinds)[number];

export interface LedgerTarget {
  readonly kind: DatabaseKind;
  /** Without a password: it is shown, logged and kept on disk. */
  readonly url: string;
  readonly password?: string;
}

export interface ConnectOptions {
  readonly target: LedgerTarget;
  /** The table, or what the names of all keys begin with. No other ledger has the same. */
  readonly space: string;
  /** Of each answer that is waited for, and of connecting. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export interface Database {
  /** What is wrong with such a URL, in one sentence without a full stop; null when nothing is. */
  urlProblem(url: string): string | null;
  /** Rejects with what the server says, or with why there is none. Retries nothing. */
  connect(options: ConnectOptions): Promise<Connection>;
}

/**
 * One operation at a time. Where a method rejects, nothing is known of what the server did, and the connection is of no
 * use any more: `close` it.
 */
export interface Connection {
  /** Makes the table, or whatever entries are kept in. */
  prepare(): Promise<void>;
  write(entry: Entry): Promise<Answer>;
  /** The values that are kept under this number: one, none, or several. */
  read(number: number): Promise<readonly string[]>;
  /**
   * All that is kept, in pages of bounded size; `highest` is the highest number whose outcome is known. Rejects with `ledger.damaged` where the database says that its own
   * data is damaged.
   */
  readAll(highest: number): AsyncIterable<readonly Entry[]>;
  /** Null where the database has none. */
  readonly registers: Registers | null;
  /** Takes away what `prepare` made, with all entries. */
  remove(): Promise<void>;
  /** At once, whatever is in flight. */
  close(): void;
}

/** Single values that many clients write at once. What was said of the methods of a connection holds for these too. */
export interface Registers {
  /** Null where it has never been written. */
  read(name: string): Promise<string | null>;
  write(name: string, value: string): Promise<Answer>;
  /** Writes `value` where it is `expected`. */
  compareAndSet(name: string, expected: string, value: string): Promise<Answer | Kept>;
}

/** It was not as expected, and was left. */
export interface Kept {
  readonly kind: 'kept';
}

export type Answer =
  | { readonly kind: 'acknowledged' }
  /** The database said no, and that it did not do it. */
  | { readonly kind: 'refused'; readonly why: string };
