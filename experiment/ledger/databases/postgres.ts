/**
 * PostgreSQL: an entry is a row, one INSERT a transaction. The table has no unique key, so that a write that arrives twice
 * is there twice.
 */
import type pg from 'pg';
import { HavocError, messageOf } from '../../../core/havoc-error.js';
import { bounded } from '../bounded.js';
import type { Entry } from '../entry.js';
import type { Answer, Connection, ConnectOptions, Database } from './database.js';
import { postgresUrl } from './postgres-url.js';
import { urlProblem } from './url-problem.js';

const pageRows = 2_000;
/** It was made before the first write: where it is not there, no entry is. */
const tableMissing = '42P01';
/** PostgreSQL's own words for data that it finds damaged: data_corrupted, index_corrupted. */
const damaged: readonly (string | undefined)[] = ['XX001', 'XX002'];

export const postgres: Database = {
  urlProblem: (url) =>
    urlProblem(url, { schemes: ['postgres', 'postgresql'], example: 'postgres://app@db:5432/app' }),
  connect: async (options) => {
    const { target, timeoutMs, clock } = options;
    const { default: driver } = await import('pg');
    const client = new driver.Client({
      connectionString: postgresUrl(target.url, target.password),
      application_name: 'havock8s ledger',
      connectionTimeoutMillis: timeoutMs,
    });
    // A connection that breaks while nobody waits: the next query says so.
    client.on('error', () => undefined);
    try {
      await bounded(client.connect(), { ms: timeoutMs, clock, who: 'PostgreSQL' });
    } catch (error) {
      cut(client);
      throw error;
    }
    return new PostgresConnection(client, options, driver.DatabaseError);
  },
};

class PostgresConnection implements Connection {
  readonly registers = null;
  readonly #client: pg.Client;
  readonly #options: ConnectOptions;
  readonly #table: string;
  readonly #databaseError: typeof pg.DatabaseError;

  constructor(client: pg.Client, options: ConnectOptions, databaseError: typeof pg.DatabaseError) {
    this.#client = client;
    this.#options = options;
    this.#table = client.escapeIdentifier(options.space);
    this.#databaseError = databaseError;
  }

  async prepare(): Promise<void> {
    await this.#query(
      `create table if not exists ${this.#table} (number bigint not null, value text not null)`,
    );
    await this.#query(
      `create index if not exists ${this.#client.escapeIdentifier(`${this.#options.space}_number`)} on ${this.#table} (number)`,
    );
  }

  async write({ number, value }: Entry): Promise<Answer> {
    try {
      await this.#query(`insert into ${this.#table} (number, value) values ($1, $2)`, [number, value]);
      return { kind: 'acknowledged' };
    } catch (error) {
      if (!(error instanceof this.#databaseError)) throw error;
      // An error ends the transaction and leaves the session; anything graver may have come after the commit.
      await this.#query('select 1');
      return { kind: 'refused', why: error.message };
    }
  }

  async read(number: number): Promise<readonly string[]> {
    const { rows } = await this.#query<{ value: string }>(
      `select value from ${this.#table} where number = $1`,
      [number],
    );
    return rows.map(({ value }) => value);
  }

  /** By a cursor: one snapshot, and no index that could be damaged itself. */
  async *readAll(): AsyncGenerator<readonly Entry[]> {
    try {
      await this.#query('begin transaction isolation level repeatable read, read only');
      await this.#query(`declare entries no scroll cursor for select number, value from ${this.#table}`);
      for (;;) {
        const { rows } = await this.#query<{ number: string; value: string }>(
          `fetch ${pageRows} from entries`,
        );
        if (rows.length === 0) break;
        yield rows.map(({ number, value }) => ({ number: Number(number), value }));
      }
      await this.#query('commit');
    } catch (error) {
      if (!(error instanceof this.#databaseError)) throw error;
      if (error.code === tableMissing) return;
      if (!damaged.includes(error.code)) throw error;
      throw new HavocError('ledger.damaged', messageOf(error), { cause: error });
    }
  }

  async remove(): Promise<void> {
    await this.#query(`drop table if exists ${this.#table}`);
  }

  close(): void {
    cut(this.#client);
  }

  #query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
    const { timeoutMs: ms, clock } = this.#options;
    return bounded(this.#client.query<Row>(text, [...values]), { ms, clock, who: 'PostgreSQL' });
  }
}

/** `end` alone would wait for the answer of a query that never comes. */
function cut(client: pg.Client): void {
  client.end().catch(() => undefined);
  client.connection.stream.destroy();
}
