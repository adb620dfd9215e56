/** pgbench against a real PostgreSQL whose data directory lies in the place; fsync on, eight clients. */
import { chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HavocError } from '../../../core/havoc-error.js';
import { run } from '../command.js';
import { postgresBinaries, postgresUser } from './postgres.js';
import { atLeast, type Work, type WorkContext } from './work.js';

export const pgbenchWork: Work = {
  name: 'pgbench',
  title: 'pgbench, 8 clients',
  unit: 'tps',
  better: 'more',
  goals: [atLeast(0.85, 'bare')],
  prepare: async (context) => {
    own(mkdirSync(data(context), { recursive: true, mode: 0o700 }) ?? data(context));
    await postgres('initdb', ['-D', data(context), '-U', 'postgres', '--no-sync', '--auth=trust'], context);
    await withServer(context, (socket) =>
      postgres(
        'pgbench',
        ['-h', socket, '-U', 'postgres', '-i', '-q', '-s', String(context.size.pgbenchScale)],
        context,
      ),
    );
  },
  measure: (context) =>
    withServer(context, async (socket) => {
      const load = ['-c', '8', '-j', '2', '-n', '-T', String(context.size.pgbenchSeconds)];
      return transactionsPerSecond(
        await postgres('pgbench', ['-h', socket, '-U', 'postgres', ...load], context),
      );
    }),
};

/** Runs `use` while a server listens in a socket directory made for it, and nowhere else. */
async function withServer<T>(context: WorkContext, use: (socketDirectory: string) => Promise<T>): Promise<T> {
  const sockets = own(mkdtempSync(join(tmpdir(), 'havock8s-bench-')));
  const server = ['-D', data(context), '-w', '-t', '60'];
  const settings = `-c listen_addresses= -c unix_socket_directories=${sockets} -c fsync=on`;
  try {
    await postgres('pg_ctl', ['start', ...server, '-o', settings, '-l', join(sockets, 'log')], context);
    return await use(sockets);
  } finally {
    await postgres('pg_ctl', ['stop', ...server, '-m', 'fast'], {}).catch(() => undefined);
    rmSync(sockets, { recursive: true, force: true });
  }
}

/** `tps = 1234.5 (without initial connection time)` */
export function transactionsPerSecond(output: string): number {
  const found = output.match(/^tps = ([\d.]+)/m)?.[1];
  if (found === undefined) throw new HavocError('bench.failed', `pgbench reported no tps: ${output}`);
  return Number(found);
}

const data = ({ place }: WorkContext): string => join(place.directory, 'pgdata');

function own(directory: string): string {
  const { uid, gid } = postgresUser();
  chownSync(directory, uid, gid);
  return directory;
}

const postgres = (
  program: string,
  args: readonly string[],
  options: { readonly signal?: AbortSignal },
): Promise<string> =>
  run(join(postgresBinaries(), program), args, {
    ...postgresUser(),
    ...(options.signal && { signal: options.signal }),
  });
