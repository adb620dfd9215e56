/** Writes the next number, and says what it was told. */

import { messageOf } from '../../core/havoc-error.js';
import { printable } from '../../core/printable.js';
import type { Connection } from './databases/database.js';
import { entryOf } from './entry.js';
import { limits } from './limits.js';
import type { Outcome, Write } from './write-table.js';

export interface WriterOptions {
  readonly ledger: string;
  /** The next number, no other writer's; null when there is none left. */
  readonly next: () => number | null;
  /** Milliseconds since the ledger began. */
  readonly now: () => number;
  readonly record: (write: Write, why: string | null) => void;
}

/** One write. False: do not go on with this connection. */
export async function writeOnce(connection: Connection, options: WriterOptions): Promise<boolean> {
  const { ledger, next, now, record } = options;
  const number = next();
  if (number === null) return false;
  const startedMs = now();
  const { outcome, why } = await outcomeOf(connection, entryOf(ledger, number));
  record({ number, outcome, startedMs, tookMs: now() - startedMs }, why);
  return outcome === 'acknowledged';
}

async function outcomeOf(
  connection: Connection,
  entry: Parameters<Connection['write']>[0],
): Promise<{ readonly outcome: Outcome; readonly why: string | null }> {
  try {
    const answer = await connection.write(entry);
    return { outcome: answer.kind, why: answer.kind === 'refused' ? short(answer.why) : null };
  } catch (error) {
    return { outcome: 'unknown', why: short(messageOf(error)) };
  }
}

const short = (why: string): string => printable(why.slice(0, limits.whyCharacters));
