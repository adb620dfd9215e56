/** One client of the database: a transaction after another, and a new connection whenever it loses one. */
import pg from 'pg';
import { systemClock } from '../../../core/clock.js';
import { sleep } from '../../../core/sleep.js';
import { archivedFor, entryOf } from './entry.js';
import { type Address, type Connection, connect } from './tables.js';
import type { Outcome, Transaction } from './transaction.js';

export interface ClientOptions {
  readonly address: Address;
  /** The numbers of its transactions, no other client's. */
  readonly ids: Iterator<number, never>;
  readonly now: () => number;
  readonly record: (transaction: Transaction) => void;
  /** Ends it after the transaction it is in. */
  readonly signal: AbortSignal;
}

/** So that eight clients leave the machine some time. */
const thinkMs = 8;
const reconnectMs = 60_000;

export async function runClient(options: ClientOptions): Promise<void> {
  while (!options.signal.aborted) {
    const connection = await reconnected(options);
    if (connection) await transactUntilBroken(connection, options);
  }
}

/** Undefined when the demo ended before the database came back. */
async function reconnected({ address, signal }: ClientOptions): Promise<Connection | undefined> {
  try {
    return await connect(address, { timeoutMs: reconnectMs, signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function transactUntilBroken(connection: Connection, options: ClientOptions): Promise<void> {
  let broken = false;
  connection.once('end', () => {
    broken = true;
  });
  while (!broken && !options.signal.aborted) {
    const id = options.ids.next().value;
    const startedMs = options.now();
    const outcome = await transact(connection, id);
    options.record({ id, startedMs, endedMs: options.now(), outcome });
    await sleep(thinkMs, { clock: systemClock });
  }
  if (!broken) await connection.end();
}

/** Reads a row of the archive, moves a balance and writes the entry that says why: all of it, or nothing. */
async function transact(connection: Connection, id: number): Promise<Outcome> {
  const { account, amount, note } = entryOf(id);
  try {
    await connection.query('BEGIN');
    await connection.query('SELECT body FROM archive WHERE id = $1', [archivedFor(id)]);
    await connection.query('UPDATE accounts SET balance = balance + $2 WHERE account = $1', [
      account,
      amount,
    ]);
    await connection.query('INSERT INTO ledger VALUES ($1, $2, $3, $4)', [id, account, amount, note]);
  } catch {
    await connection.query('ROLLBACK').catch(() => undefined);
    return 'refused';
  }
  return commit(connection);
}

/** Only an ERROR says that it was rolled back; anything graver came too late to say which. */
async function commit(connection: Connection): Promise<Outcome> {
  try {
    const { command } = await connection.query('COMMIT');
    return command === 'COMMIT' ? 'acknowledged' : 'refused';
  } catch (error) {
    return error instanceof pg.DatabaseError && error.severity === 'ERROR' ? 'refused' : 'unknown';
  }
}
