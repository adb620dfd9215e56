/** A real MariaDB on a port of the loopback, its data in a folder of the test's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram, succeed } from '../../sidecar/mounted/databases/run-program.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort } from '../../sidecar/network/ports.js';
import { killed } from './killed.js';

export class MariadbServer {
  #server: ChildProcess | null = null;

  private constructor(
    readonly folder: string,
    readonly port: number,
  ) {}

  /** Fresh, in a folder that is not there yet; not running. */
  static async create(folder: string): Promise<MariadbServer> {
    mkdirSync(temporary(folder), { recursive: true });
    const authentication = ['--auth-root-authentication-method=normal', '--skip-test-db'];
    await succeed('mariadb-install-db', [
      '--no-defaults',
      '--user=root',
      `--datadir=${folder}`,
      `--tmpdir=${temporary(folder)}`,
      ...authentication,
    ]);
    // A database is a folder.
    mkdirSync(join(folder, 'app'));
    return new MariadbServer(folder, await freePort());
  }

  get url(): string {
    return `mysql://root@127.0.0.1:${this.port}/app`;
  }

  /** Resolves when it takes connections. */
  async start(settings: readonly string[] = []): Promise<void> {
    const usual = ['--skip-networking=0', '--bind-address=127.0.0.1', '--innodb-buffer-pool-size=16M'];
    this.#server = spawn(
      'mariadbd',
      [
        '--no-defaults',
        '--user=root',
        `--datadir=${this.folder}`,
        `--tmpdir=${temporary(this.folder)}`,
        `--socket=${this.#socket}`,
        `--port=${this.port}`,
        ...usual,
        ...settings,
      ],
      { stdio: 'ignore', env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } },
    );
    await until(async () => {
      if (this.#server?.exitCode !== null) throw new Error('mariadbd ended');
      return (await this.#ask('select 1')).code === 0;
    }, 60_000);
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await killed(server);
  }

  async query(sql: string): Promise<string> {
    const { code, stdout, stderr } = await this.#ask(sql);
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  }

  #ask(sql: string): ReturnType<typeof runProgram> {
    return runProgram('mariadb', [
      '--no-defaults',
      '-u',
      'root',
      '-S',
      this.#socket,
      '-N',
      '-B',
      '-e',
      sql,
      'app',
    ]);
  }

  get #socket(): string {
    return join(this.folder, 'socket');
  }
}

/** Of each server its own: one that starts removes what it takes for old temporary tables, those of the others too. */
const temporary = (folder: string): string => `${folder}-temporary`;
