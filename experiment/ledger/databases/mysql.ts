/**
 * MySQL and MariaDB: an entry is a row of an InnoDB table, one INSERT a transaction. Its number is no unique key, so that a
 * write that arrives twice is there twice; the table has a primary key, which some kinds of replication ask for.
 */
import type * as driver from 'mysql2/promise';
import { HavocError, messageOf } from '../../../core/havoc-error.js';
import { valueAt } from '../../../core/json.js';
import { bounded } from '../bounded.js';
import type { Entry } from '../entry.js';
import type { Answer, Connection, ConnectOptions, Database } from './database.js';
import { urlProblem } from './url-problem.js';

const pageRows = 2_000;
/** ER_NO_SUCH_TABLE. It was made before the first write: where it is not there, no entry is. */
const tableMissing = 1146;
/** The servers' own words for data that they find damaged: ER_NOT_KEYFILE, ER_CRASHED…, ER_INDEX_CORRUPT, ER_TABLE_CORRUPT. */
const damaged: ReadonlySet<unknown> = new Set([1034, 1194, 1195, 1712, 1877]);
/** ER_ERROR_DURING_COMMIT: it may have been done. */
const duringCommit = 1180;

export const mysql: Database = {
  urlProblem: (url) => urlProblem(url, { schemes: ['mysql', 'mariadb'], example: 'mysql://app@db:3306/app' }),
  connect: async (options) => {
    const { target, timeoutMs, clock } = options;
    const { createConnection } = await import('mysql2/promise');
    const connecting = createConnection({
      uri: target.url,
      ...(target.password !== undefined && { password: target.password }),
      connectTimeout: timeoutMs,
    });
    try {
      const connection = new MysqlConnection(
        await bounded(connecting, { ms: timeoutMs, clock, who: 'MySQL' }),
        options,
      );
      await connection.open();
      return connection;
    } catch (error) {
      // One that comes too late is of no use.
      connecting.then((late) => late.destroy()).catch(() => undefined);
      throw error;
    }
  },
};

class MysqlConnection implements Connection {
  readonly registers = null;
  readonly #connection: driver.Connection;
  readonly #options: ConnectOptions;
  readonly #table: string;

  constructor(connection: driver.Connection, options: ConnectOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#table = `\`${options.space}\``;
    // A connection that breaks while nobody waits: the next query says so.
    connection.on('error', () => undefined);
  }

  async open(): Promise<void> {
    await this.#query('set autocommit = 1');
  }

  async prepare(): Promise<void> {
    await this.#query(
      `create table if not exists ${this.#table} (
        id bigint unsigned not null auto_increment primary key,
        number bigint not null,
        value varchar(255) character set ascii not null,
        key (number)
      ) engine = InnoDB`,
    );
  }

  async write({ number, value }: Entry): Promise<Answer> {
    try {
      await this.#query(`insert into ${this.#table} (number, value) values (?, ?)`, [number, value]);
      return { kind: 'acknowledged' };
    } catch (error) {
      const code = serverErrorOf(error);
      if (code === null || code === duringCommit) throw error;
      // An error ends the statement and leaves the session; anything graver may have come after the commit.
      await this.#query('select 1');
      return { kind: 'refused', why: messageOf(error) };
    }
  }

  async read(number: number): Promise<readonly string[]> {
    const rows = await this.#query(`select value from ${this.#table} where number = ?`, [number]);
    return rows.map(({ value }) => String(value));
  }

  /** One snapshot, in the order of the primary key. */
  async *readAll(): AsyncGenerator<readonly Entry[]> {
    try {
      await this.#query('start transaction with consistent snapshot, read only');
      for (let after: unknown = 0; ; ) {
        const page = `select id, number, value from ${this.#table} where id > ? order by id limit ${pageRows}`;
        const rows = await this.#query(page, [after]);
        const last = rows.at(-1);
        if (last === undefined) break;
        yield rows.map(({ number, value }) => ({ number: Number(number), value: String(value) }));
        after = last['id'];
      }
      await this.#query('commit');
    } catch (error) {
      const code = serverErrorOf(error);
      if (code === tableMissing) return;
      if (!damaged.has(code)) throw error;
      throw new HavocError('ledger.damaged', messageOf(error), { cause: error });
    }
  }

  async remove(): Promise<void> {
    await this.#query(`drop table if exists ${this.#table}`);
  }

  close(): void {
    this.#connection.destroy();
  }

  async #query(sql: string, values: unknown[] = []): Promise<readonly driver.RowDataPacket[]> {
    const { timeoutMs: ms, clock } = this.#options;
    const asked = this.#connection.query<driver.RowDataPacket[]>(sql, values);
    const [rows] = await bounded(asked, { ms, clock, who: 'MySQL' });
    return rows;
  }
}

/** The number of an error that the server sent; null of any other, such as a connection that broke. */
function serverErrorOf(error: unknown): number | null {
  const isFromServer = typeof valueAt(error, ['sqlState']) === 'string';
  const code = valueAt(error, ['errno']);
  return isFromServer && typeof code === 'number' ? code : null;
}
