/** Before the first write: the database is there, and lets the ledger make what it needs. */
import { HavocError, messageOf } from '../../core/havoc-error.js';
import type { Connection, DatabaseKind, LedgerTarget } from './databases/database.js';
import { databases } from './databases/databases.js';

/** What a URL says is kept on disk, and shown: it never has a password. */
export function checkUrl(kind: DatabaseKind, url: string): void {
  const problem = databases[kind].urlProblem(url);
  if (problem !== null) throw new HavocError('ledger.bad-url', `the URL of the database ${problem}`);
}

/** True where the database has registers. */
export async function prepare({ url }: LedgerTarget, connect: () => Promise<Connection>): Promise<boolean> {
  let connection: Connection | null = null;
  try {
    connection = await connect();
    await connection.prepare();
    return connection.registers !== null;
  } catch (cause) {
    const what = connection === null ? 'cannot be reached' : 'does not let the ledger make its table';
    throw new HavocError('ledger.unreachable', `${url} ${what}: ${messageOf(cause)}`, { cause });
  } finally {
    connection?.close();
  }
}
