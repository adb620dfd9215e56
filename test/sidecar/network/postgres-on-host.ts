/** A real PostgreSQL on a host of a test, and its standby on another. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { postgresBin } from '../../postgres-bin.js';
import { giveTo, plainUser } from '../mounted/databases/plain-user.js';
import type { Ran } from '../mounted/databases/run-program.js';
import { until } from '../mounted/until.js';
import type { Host } from './host.js';

const startMs = 60_000;
const settings = `
listen_addresses = '*'
port = 5432
shared_buffers = 16MB
fsync = off
wal_keep_size = 512MB
log_min_messages = warning
`;

export class PostgresOnHost {
  #server: ChildProcess | null = null;
  readonly #folder: string;

  private constructor(
    readonly host: Host,
    folder: string,
  ) {
    this.#folder = folder;
  }

  /** Fresh, and running. `hba` is all of its pg_hba.conf but for the local socket. */
  static async create(host: Host, hba: string): Promise<PostgresOnHost> {
    const postgres = PostgresOnHost.#in(host);
    postgres.#succeed('initdb', '-D', postgres.#data, '--no-sync', '--auth=trust', '-U', 'app', '--locale=C');
    appendFileSync(join(postgres.#data, 'postgresql.conf'), settings);
    writeFileSync(join(postgres.#data, 'pg_hba.conf'), `local all all trust\n${hba}`);
    await postgres.#start();
    return postgres;
  }

  /** A copy of what `address` has, following it. */
  static async standby(host: Host, address: string): Promise<PostgresOnHost> {
    const postgres = PostgresOnHost.#in(host);
    const source = `host=${address} port=5432 user=app`;
    postgres.#succeed(
      'pg_basebackup',
      '-D',
      postgres.#data,
      '-R',
      '-X',
      'stream',
      '-c',
      'fast',
      '-d',
      source,
    );
    await postgres.#start();
    return postgres;
  }

  static #in(host: Host): PostgresOnHost {
    const folder = mkdtempSync(join(tmpdir(), 'havock8s-pg-'));
    chmodSync(folder, 0o755);
    const postgres = new PostgresOnHost(host, folder);
    for (const path of [postgres.#data, postgres.#sockets]) {
      mkdirSync(path, { mode: 0o700 });
      giveTo(plainUser(), path);
    }
    return postgres;
  }

  /** The one value that a query here gives. */
  value(sql: string): string {
    return this.#succeed('psql', '-h', this.#sockets, '-U', 'app', '-XAtqc', sql, 'postgres').trim();
  }

  /** From wherever `client` is. */
  static queryFrom(client: PostgresOnHost | Host, address: string, sql: string): Ran {
    const host = client instanceof PostgresOnHost ? client.host : client;
    return host.run(
      program('psql'),
      `host=${address} user=app dbname=postgres connect_timeout=10`,
      '-XAtqc',
      sql,
    );
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server && server.exitCode === null && server.signalCode === null) {
      const gone = once(server, 'exit');
      server.kill('SIGQUIT');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const command = this.#asUser('postgres', '-D', this.#data, '-k', this.#sockets);
    const server = this.host.spawn(command, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    let log = '';
    server.stderr?.on('data', (text) => {
      log += text;
    });
    this.#server = server;
    await until(() => {
      assert.equal(server.exitCode, null, log);
      return (
        this.host.run(...this.#asUser('psql', '-h', this.#sockets, '-U', 'app', '-c', 'select 1', 'postgres'))
          .code === 0
      );
    }, startMs);
  }

  #succeed(name: string, ...args: readonly string[]): string {
    return this.host.succeed(...this.#asUser(name, ...args));
  }

  /** PostgreSQL does not run as root. */
  #asUser(name: string, ...args: readonly string[]): readonly string[] {
    const { uid, gid } = plainUser();
    const user =
      uid === undefined ? [] : ['setpriv', '--reuid', `${uid}`, '--regid', `${gid}`, '--clear-groups'];
    return [...user, program(name), ...args];
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  get #sockets(): string {
    return join(this.#folder, 'sockets');
  }
}

const program = (name: string): string => join(postgresBin() ?? '', name);
