/** A PostgreSQL of its own, its data on the mount, its socket beside it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { postgresBin } from '../../../postgres-bin.js';
import { until } from '../until.js';
import { giveTo, plainUser } from './plain-user.js';
import { type Ran, runProgram, succeed } from './run-program.js';

const startMs = 60_000;
const settings = [
  'listen_addresses=',
  'shared_buffers=16MB',
  'max_wal_size=64MB',
  'checkpoint_timeout=30s',
  'log_min_messages=warning',
];

export class Postgres {
  readonly #user = plainUser();
  readonly #bin = postgresBin() ?? '';
  #server: ChildProcess | null = null;
  readonly #log: string[] = [];

  private constructor(
    readonly data: string,
    readonly socketDirectory: string,
    readonly settings: readonly string[],
  ) {}

  static #in(data: string, more: readonly string[] = []): Postgres {
    const postgres = new Postgres(data, mkdtempSync(join(tmpdir(), 'havock8s-pg-')), [...settings, ...more]);
    giveTo(postgres.#user, postgres.socketDirectory);
    return postgres;
  }

  /** A fresh cluster in `parent`, with checksums, running. */
  static async create(parent: string, more: readonly string[] = []): Promise<Postgres> {
    const postgres = Postgres.#in(join(parent, 'pgdata'), more);
    mkdirSync(postgres.data);
    giveTo(postgres.#user, postgres.data);
    await postgres.#succeed('initdb', [
      '-D',
      postgres.data,
      '--data-checksums',
      '--no-sync',
      '--auth=trust',
      '-U',
      'app',
      '-E',
      'UTF8',
      '--locale=C',
    ]);
    await postgres.start();
    return postgres;
  }

  /** A copy in `parent` of what this one has, running and following it. */
  async standby(parent: string, more: readonly string[] = []): Promise<Postgres> {
    const standby = Postgres.#in(join(parent, 'standby'), more);
    mkdirSync(standby.data, { mode: 0o700 });
    giveTo(standby.#user, standby.data);
    const copy = ['-D', standby.data, '-R', '-X', 'stream', '-c', 'fast', '--no-sync'];
    await standby.#succeed('pg_basebackup', [...this.#connection(), ...copy]);
    await standby.start();
    return standby;
  }

  /** On the data of one that does not run any more; running. */
  static async on(data: string): Promise<Postgres> {
    const postgres = Postgres.#in(data);
    await postgres.start();
    return postgres;
  }

  /** Of a standby. Resolves when it takes writes. */
  async promote(): Promise<void> {
    await this.#succeed('pg_ctl', ['promote', '-D', this.data, '-w']);
  }

  /** Resolves when it takes connections. */
  async start(): Promise<void> {
    const options = this.settings.flatMap((setting) => ['-c', setting]);
    const server = spawn(
      join(this.#bin, 'postgres'),
      ['-D', this.data, '-k', this.socketDirectory, ...options],
      {
        ...this.#user,
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    this.#server = server;
    this.#log.length = 0;
    createInterface(server.stderr).on('line', (line) => this.#log.push(line));
    await this.awaitReady();
  }

  /** Resolves when it takes connections (again). */
  async awaitReady(): Promise<void> {
    const isReady = async (): Promise<boolean> => {
      if (this.#server?.exitCode !== null) throw new Error('PostgreSQL ended');
      return (await this.#run('psql', [...this.#connection(), '-c', 'select 1'])).code === 0;
    };
    await until(isReady, startMs).catch((cause: unknown) => {
      throw new Error(`PostgreSQL did not start: ${this.#logEnd()}`, { cause });
    });
  }

  /** SIGINT is a fast shutdown, SIGQUIT an immediate one, which leaves a crash to recover from. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    const giveUp = setTimeout(() => server.kill('SIGQUIT'), startMs / 2);
    await exited;
    clearTimeout(giveUp);
  }

  query(sql: string): Promise<Ran> {
    return this.#run('psql', [...this.#connection(), '-c', sql]);
  }

  /** Initialises pgbench's tables. */
  async fill(scale: number): Promise<void> {
    await this.#succeed('pgbench', [...this.#connection(), '-i', '-q', '-s', `${scale}`, 'postgres']);
  }

  /** Transactions of pgbench by 8 clients; its report. Fails when a client does. */
  bench(seconds: number, ...more: readonly string[]): Promise<Ran> {
    const args = ['-c', '8', '-j', '2', '-T', `${seconds}`, '-n', ...more, 'postgres'];
    return this.#run('pgbench', [...this.#connection(), ...args]);
  }

  /** Every page's checksum, and every table and index walked: what of the two found fault. */
  async verify(): Promise<string> {
    await this.stop();
    const checksums = await this.#run('pg_checksums', ['--check', '-D', this.data]);
    await this.start();
    await this.query('create extension if not exists amcheck');
    const amcheck = await this.#run('pg_amcheck', [
      ...this.#connection(),
      '--heapallindexed',
      '--parent-check',
      'postgres',
    ]);
    return [checksums, amcheck]
      .map(({ code, stdout, stderr }) => (code === 0 ? '' : stdout + stderr))
      .join('');
  }

  /** In its log, since it was last started. All of that: who knocks while it recovers fills the end with refusals. */
  hasSaid(pattern: RegExp): boolean {
    return this.#log.some((line) => pattern.test(line));
  }

  async close(): Promise<void> {
    await this.stop('SIGQUIT');
    rmSync(this.socketDirectory, { recursive: true, force: true });
  }

  #logEnd(): string {
    return this.#log.slice(-20).join('\n');
  }

  #connection(): readonly string[] {
    const port = this.settings.findLast((setting) => setting.startsWith('port='))?.slice('port='.length);
    return ['-h', this.socketDirectory, '-U', 'app', ...(port === undefined ? [] : ['-p', port])];
  }

  #run(program: string, args: readonly string[]): Promise<Ran> {
    const environment = {
      PATH: process.env['PATH'],
      PGDATABASE: 'postgres',
      PGCONNECT_TIMEOUT: '10',
      LC_ALL: 'C',
    };
    const quiet = program === 'psql' ? ['-X', '-A', '-t', '-q', '-v', 'ON_ERROR_STOP=1'] : [];
    return runProgram(join(this.#bin, program), [...quiet, ...args], {
      ...this.#user,
      cwd: '/',
      env: environment,
    });
  }

  async #succeed(program: string, args: readonly string[]): Promise<void> {
    await succeed(join(this.#bin, program), args, {
      ...this.#user,
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    });
  }
}
