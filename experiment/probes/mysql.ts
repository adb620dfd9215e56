/** MySQL and MariaDB, by a connection of its own and one query, as a client that comes new. */
import type { MysqlSubject } from '../file/probe-kinds.js';
import type { Ask } from './answer.js';
import { rowsAnswer } from './rows.js';

export const askMysql: Ask<MysqlSubject> = async ({ url, passwordFrom, query }, { signal, secret }) => {
  const { createConnection } = await import('mysql2/promise');
  const password = passwordFrom && (await secret(passwordFrom));
  signal.throwIfAborted();
  const connecting = createConnection({
    uri: url,
    ...(password !== undefined && { password }),
    supportBigNumbers: true,
    decimalNumbers: true,
  });
  // One that comes too late is of no use.
  const cut = (): void => void connecting.then((connection) => connection.destroy()).catch(() => undefined);
  signal.addEventListener('abort', cut);
  try {
    const connection = await connecting;
    connection.on('error', () => undefined);
    const [rows] = await connection.query(query);
    return rowsAnswer(Array.isArray(rows) ? rows : []);
  } catch (error) {
    if (!(error instanceof Error && 'sqlState' in error && error.sqlState)) throw error;
    // The database answered, and it was no.
    return { kind: 'failed', seen: `${error.sqlState}: ${error.message}` };
  } finally {
    signal.removeEventListener('abort', cut);
    cut();
  }
};
