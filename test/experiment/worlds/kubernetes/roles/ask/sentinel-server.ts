/** A real Redis Sentinel on a port of the loopback. It rewrites its configuration, in a folder of the test's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram, succeed } from '../../../../../sidecar/mounted/databases/run-program.js';
import { until } from '../../../../../sidecar/mounted/until.js';
import { freePort } from '../../../../../sidecar/network/ports.js';
import { killed } from '../../../../ledger/killed.js';

export interface Watched {
  /** The port of the primary, which need not be there. */
  readonly primary: number;
  readonly quorum: number;
}

export class SentinelServer {
  readonly #server: ChildProcess;

  private constructor(
    readonly port: number,
    file: string,
  ) {
    this.#server = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  }

  /** Watches `db`; running. */
  static async start(folder: string, { primary, quorum }: Watched): Promise<SentinelServer> {
    const port = await freePort();
    const file = join(folder, `sentinel-${port}.conf`);
    const lines = [
      `port ${port}`,
      'bind 127.0.0.1',
      'protected-mode no',
      `dir ${folder}`,
      `sentinel monitor db 127.0.0.1 ${primary} ${quorum}`,
      'sentinel down-after-milliseconds db 1000',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const sentinel = new SentinelServer(port, file);
    await until(async () => {
      if (sentinel.#server.exitCode !== null) throw new Error('the Sentinel ended');
      return (await runProgram('redis-cli', ['-p', `${port}`, 'ping'])).stdout === 'PONG\n';
    });
    return sentinel;
  }

  command(...words: readonly string[]): Promise<string> {
    return succeed('redis-cli', ['-p', `${this.port}`, ...words]);
  }

  kill(): Promise<void> {
    return killed(this.#server);
  }
}
