/**
 * A way into another network: a unix socket, which has no network, to a port there. What is reset on one side is broken
 * off on the other.
 *
 *     test ─ unix socket ─► relay-main, in the network of a process ─ TCP ─► database
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Address } from './tables.js';

export interface RelayOptions {
  /** Of a process in the network. */
  readonly pid: number;
  readonly host: string;
  readonly port: number;
}

const program = fileURLToPath(new URL('./relay-main.js', import.meta.url));

export class Relay {
  readonly #child: ChildProcess;
  private constructor(
    child: ChildProcess,
    /** As PostgreSQL's clients name a unix socket. */
    readonly address: Address,
  ) {
    this.#child = child;
  }

  static async start({ pid, host, port }: RelayOptions): Promise<Relay> {
    const sockets = mkdtempSync(join(tmpdir(), 'havock8s-relay-'));
    const socket = join(sockets, `.s.PGSQL.${port}`);
    const node = [process.execPath, program, socket, host, String(port)];
    const command = ['--net', '--target', String(pid), '--', 'setpriv', '--pdeathsig', 'KILL', ...node];
    const child = spawn('nsenter', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the relay to ${host}:${port} ended`);
    });
    ended.catch(() => {});
    await Promise.race([once(child.stdout, 'data'), ended]);
    return new Relay(child, { host: sockets, port });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.address.host, { recursive: true, force: true });
  }
}
