/** A real Redis on a port of the loopback, its data in a folder of the test's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { runProgram, succeed } from '../../sidecar/mounted/databases/run-program.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort } from '../../sidecar/network/ports.js';
import { killed } from './killed.js';

export class RedisServer {
  #server: ChildProcess | null = null;

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly settings: readonly string[],
  ) {}

  /** Running, on what `folder` has. `settings` are words of its command line. */
  static async start(folder: string, settings: readonly string[] = []): Promise<RedisServer> {
    mkdirSync(folder, { recursive: true });
    const redis = new RedisServer(folder, await freePort(), settings);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves when it takes commands. */
  async start(): Promise<void> {
    const usual = [
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--repl-diskless-sync-delay',
      '0',
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
    ];
    this.#server = spawn(
      'redis-server',
      ['--port', `${this.port}`, '--dir', this.folder, ...usual, ...this.settings],
      { stdio: 'ignore' },
    );
    await until(async () => {
      if (this.#server?.exitCode !== null) throw new Error('redis-server ended');
      return (await this.#cli(['ping'])).stdout === 'PONG\n';
    }, 30_000);
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#server?.kill(name);
  }

  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await killed(server);
  }

  command(...words: readonly string[]): Promise<string> {
    return succeed('redis-cli', ['-p', `${this.port}`, ...words]);
  }

  #cli(words: readonly string[]): ReturnType<typeof runProgram> {
    return runProgram('redis-cli', ['-p', `${this.port}`, ...words]);
  }
}
