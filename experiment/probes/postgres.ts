/** PostgreSQL, by a connection of its own and one query, as a client that comes new. */
import type pg from 'pg';
import type { PostgresSubject } from '../file/probe-kinds.js';
import { postgresUrl } from '../ledger/databases/postgres-url.js';
import { type Ask, ended } from './answer.js';
import { rowsAnswer } from './rows.js';

export const askPostgres: Ask<PostgresSubject> = async ({ url, passwordFrom, query }, { signal, secret }) => {
  const { default: driver } = await import('pg');
  const client = new driver.Client({
    connectionString: postgresUrl(url, passwordFrom && (await secret(passwordFrom))),
    application_name: 'havock8s probe',
    types: { getTypeParser: (oid, format) => parserOf(driver, oid, format) },
  });
  // One that breaks while nobody waits: the query says so.
  client.on('error', () => undefined);
  const cut = (): void => void client.connection.stream.destroy();
  signal.throwIfAborted();
  signal.addEventListener('abort', cut);
  let hasEnded = false;
  client.connection.stream.once('close', (hadError: boolean) => {
    hasEnded = !hadError;
  });
  try {
    await client.connect();
    const { rows } = await client.query(query);
    return rowsAnswer(rows);
  } catch (error) {
    if (!(error instanceof driver.DatabaseError)) {
      if (hasEnded && !signal.aborted) return ended('PostgreSQL');
      throw error;
    }
    // The database answered, and it was no.
    return { kind: 'failed', seen: `${error.code}: ${error.message}` };
  } finally {
    signal.removeEventListener('abort', cut);
    client.end().catch(() => undefined);
    cut();
  }
};

/** Numbers that the driver leaves as text, since JavaScript's might not hold them: bigint is whole, numeric near enough. */
function parserOf(driver: typeof pg, oid: number, format?: 'text' | 'binary') {
  if (format === 'binary') return driver.types.getTypeParser(oid, 'binary');
  if (oid === driver.types.builtins.INT8) return BigInt;
  return oid === driver.types.builtins.NUMERIC ? Number : driver.types.getTypeParser(oid, 'text');
}
