/** Connections to databases, their tables, and what is read back from them. */
import pg from 'pg';
import { systemClock } from '../../../core/clock.js';
import { HavocError } from '../../../core/havoc-error.js';
import { sleep } from '../../../core/sleep.js';
import type { Found } from './audit.js';
import { accounts, archiveRows, type Entry } from './entry.js';

export type Connection = pg.Client;

export interface Address {
  /** A name, or a folder of unix sockets of which the port names one. */
  readonly host: string;
  readonly port: number;
  /** Where strangers may knock. */
  readonly password?: string;
}

const betweenMs = 50;
/** Somebody behind a network that lost its packets is not waited for. */
const answerMs = 10_000;
const pageRows = 5000;

/** Tries until the server answers; rejects when `signal` or `timeoutMs` says so first. */
export async function connect(address: Address, { timeoutMs, signal }: ConnectOptions): Promise<Connection> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  for (;;) {
    try {
      return await connectOnce(address);
    } catch (cause) {
      if (signal.aborted) throw cause;
      if (deadline.aborted) throw new HavocError('demo.failed', 'PostgreSQL does not answer', { cause });
    }
    await sleep(betweenMs, { clock: systemClock, signal: deadline });
  }
}

export interface ConnectOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Rejects with what the server says, or with why there is none. */
export async function connectOnce(address: Address): Promise<Connection> {
  const connectionTimeoutMillis = answerMs;
  const client = new pg.Client({
    ...address,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The archive is larger than shared_buffers, so that a transaction that looks something up reads the disk. */
export async function createTables(connection: Connection): Promise<void> {
  await connection.query(`
    CREATE TABLE accounts (account int PRIMARY KEY, balance bigint NOT NULL);
    CREATE TABLE ledger (id bigint PRIMARY KEY, account int NOT NULL, amount int NOT NULL, note text NOT NULL);
    CREATE TABLE archive (id int PRIMARY KEY, body text NOT NULL);
    INSERT INTO accounts SELECT account, 0 FROM generate_series(0, ${accounts - 1}) AS account;
    INSERT INTO archive SELECT id, repeat(md5(id::text), 13) FROM generate_series(1, ${archiveRows}) AS id`);
  await connection.query('VACUUM (FREEZE, ANALYZE) archive');
  await connection.query('CHECKPOINT');
}

export async function readBack(connection: Connection): Promise<Found> {
  const entries: Entry[] = [];
  for (let page = await pageAfter(connection, -1); page.length > 0; ) {
    entries.push(...page);
    page = await pageAfter(connection, page.at(-1)?.id ?? 0);
  }
  const { rows } = await connection.query<{ account: number; balance: string }>('SELECT * FROM accounts');
  return { entries, balances: new Map(rows.map(({ account, balance }) => [account, Number(balance)])) };
}

async function pageAfter(connection: Connection, id: number): Promise<readonly Entry[]> {
  const page = `SELECT id, account, amount, note FROM ledger WHERE id > $1 ORDER BY id LIMIT ${pageRows}`;
  const { rows } = await connection.query<Omit<Entry, 'id'> & { id: string }>(page, [id]);
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}
