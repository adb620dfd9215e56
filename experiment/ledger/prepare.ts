/** Before the first write: the database is there, and lets the ledger make what it needs. */
import { HavocError, messageOf } from '../../core/havoc-error.js';
import type { Connection, LedgerTarget } from './databases/database.js';

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
