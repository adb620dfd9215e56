/** PostgreSQL: a primary is not in recovery, and takes writes unless its sessions begin read-only. */
import { type AskRole, said, saidNone, tlsOptions } from './address.js';

const question = `select pg_is_in_recovery() as "inRecovery", current_setting('transaction_read_only') = 'on' as "readOnly",
  (select count(*) from pg_stat_wal_receiver)::int as "receivers"`;

interface Row {
  readonly inRecovery: boolean;
  readonly readOnly: boolean;
  readonly receivers: number;
}

/** cannot_connect_now: it starts, recovers or ends, and says so. */
const notYet = '57P03';

export const askPostgres: AskRole = async (at, signal) => {
  const { default: driver } = await import('pg');
  const client = new driver.Client({
    host: at.host,
    port: at.port,
    user: at.user ?? '',
    password: at.password ?? '',
    database: at.database,
    application_name: 'havock8s role',
    ssl: at.tls === null ? false : tlsOptions(at.tls),
  });
  // One that breaks while nobody waits: the query says so.
  client.on('error', () => undefined);
  const cut = (): void => void client.connection.stream.destroy();
  signal.throwIfAborted();
  signal.addEventListener('abort', cut);
  try {
    await client.connect();
    const [row] = (await client.query<Row>(question)).rows;
    if (row === undefined) throw new Error('PostgreSQL answered without a row');
    return roleOf(row);
  } catch (error) {
    if (error instanceof driver.DatabaseError && error.code === notYet) return saidNone(error.message);
    throw error;
  } finally {
    signal.removeEventListener('abort', cut);
    client.end().catch(() => undefined);
    cut();
  }
};

function roleOf({ inRecovery, readOnly, receivers }: Row): ReturnType<typeof saidNone> {
  if (inRecovery) {
    const follows = receivers > 0 ? 'streams from a primary' : 'streams from nobody at the moment';
    return said('replica', `in recovery, ${follows}`, { writable: false });
  }
  return said('primary', `not in recovery${readOnly ? ', default_transaction_read_only is on' : ''}`, {
    writable: !readOnly,
  });
}
