/**
 * A real PostgreSQL that is started again whenever it ends by itself, as Kubernetes would: a full disk can
 * end a database, and the question is what it still knows afterwards.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { User } from '../../programs/run.js';
import type { Address } from '../database.js';
import type { Programs } from './postgres-programs.js';

export interface ServerOptions {
  readonly programs: Programs;
  readonly user: User;
  readonly data: string;
  readonly address: Address;
  /** Beside those that every server of the demo has. */
  readonly settings?: Settings;
  /** Every line of its log. */
  readonly onLog: (line: string) => void;
}

export type Settings = Readonly<Record<string, string>>;

export interface Server {
  /** `fast` ends transactions and writes a checkpoint; `immediate` is a crash. Never started again. */
  stop(how: 'fast' | 'immediate'): Promise<void>;
}

const patienceMs = 10_000;
const restartDelayMs = 250;
const mostRestarts = 200;

/** Everything fsynced, checksums on every page, and little enough memory that tables are really read. */
const everywhere: Settings = {
  listen_addresses: '',
  unix_socket_permissions: '0777',
  shared_buffers: '16MB',
  min_wal_size: '32MB',
  max_wal_size: '64MB',
  checkpoint_timeout: '30s',
  log_checkpoints: 'off',
  autovacuum_naptime: '5s',
  io_method: 'sync',
};

export function startServer(options: ServerOptions): Server {
  let stopping = false;
  let restarts = 0;
  let running = launch(options);
  const keep = (child: ChildProcess): void => {
    child.once('exit', () => {
      if (stopping || restarts >= mostRestarts) return;
      restarts += 1;
      setTimeout(() => {
        if (stopping) return;
        running = launch(options);
        keep(running);
      }, restartDelayMs);
    });
  };
  keep(running);
  return {
    stop: async (how) => {
      stopping = true;
      await end(running, how === 'fast' ? 'SIGINT' : 'SIGQUIT');
    },
  };
}

/** In a process group of its own: Ctrl-C ends the demo, and the demo ends the server. */
function launch({ programs, user, data, address, settings, onLog }: ServerOptions): ChildProcess {
  const { host: unix_socket_directories, port } = address;
  const configured = Object.entries({ ...everywhere, ...settings, unix_socket_directories, port });
  const args = ['-D', data, ...configured.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
  const child = spawn(programs.postgres, args, {
    ...user,
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio,
    detached: true,
  });
  createInterface({ input: child.stderr }).on('line', onLog);
  return child;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await exit;
  clearTimeout(impatience);
}
