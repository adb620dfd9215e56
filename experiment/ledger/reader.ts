/** Looks for writes that were acknowledged before, and tells of those that it does not find as they were written. */
import type { Connection } from './databases/database.js';
import { isWhole } from './entry.js';
import type { FlawedRead } from './history.js';
import { limits } from './limits.js';

/** The numbers that were acknowledged last. */
export class RecentWrites {
  readonly #numbers: number[] = [];
  #next = 0;
  #looked = 0;

  add(number: number): void {
    this.#numbers[this.#next] = number;
    this.#next = (this.#next + 1) % limits.recentWrites;
  }

  /** By turns the newest, where a stale read shows, and each of the others. Undefined where there is none. */
  choose(): number | undefined {
    this.#looked += 1;
    const count = this.#numbers.length;
    return this.#looked % 2 === 0
      ? this.#numbers[(this.#next - 1 + limits.recentWrites) % limits.recentWrites]
      : this.#numbers[(this.#looked * 7919) % Math.max(1, count)];
  }
}

export interface ReaderOptions {
  readonly ledger: string;
  readonly recent: RecentWrites;
  readonly now: () => number;
  readonly record: (read: FlawedRead) => void;
}

/** One read. False: do not go on with this connection. */
export async function readOnce(connection: Connection, options: ReaderOptions): Promise<boolean> {
  const { ledger, recent, now, record } = options;
  const number = recent.choose();
  if (number === undefined) return true;
  const startedMs = now();
  const values = await answered(connection.read(number));
  if (values === null) return false;
  if (values.length === 0) record({ number, flaw: 'missing', startedMs });
  else if (!values.every((value) => isWhole(ledger, { number, value })))
    record({ number, flaw: 'altered', startedMs });
  return true;
}

/** A read that failed says nothing of the data. */
const answered = (read: Promise<readonly string[]>): Promise<readonly string[] | null> =>
  read.catch(() => null);
