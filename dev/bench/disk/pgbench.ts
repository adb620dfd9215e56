/** pgbench against the machine's PostgreSQL, whose data directory lies in the target; fsync on, eight clients. */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HavocError } from '../../../core/havoc-error.js';
import { run } from '../../programs/run.js';
import { accountOf } from '../../programs/user.js';
import { atLeast, type Benchmark, type Context } from './target.js';

export const pgbench: Benchmark = {
  name: 'pgbench',
  title: 'pgbench, 8 clients',
  unit: 'tps',
  better: 'more',
  goals: [atLeast(0.85, 'bare')],
  prepare: async (context) => {
    const data = dataOf(context);
    mkdirSync(data, { mode: 0o700 });
    own(data);
    await postgres('initdb', ['-D', data, '-U', 'postgres', '--no-sync', '--auth=trust'], context);
    await withServer(context, ['-i', '-q', '-s', String(context.size.pgbenchScale)]);
  },
  measure: async (context) =>
    transactionsPerSecond(
      await withServer(context, ['-c', '8', '-j', '2', '-n', '-T', String(context.size.pgbenchSeconds)]),
    ),
};

/** Runs pgbench while a server listens in a socket directory made for it, and nowhere else. */
async function withServer(context: Context, load: readonly string[]): Promise<string> {
  const sockets = mkdtempSync(join(tmpdir(), 'havock8s-bench-'));
  own(sockets);
  const server = ['-D', dataOf(context), '-w', '-t', '60'];
  const settings = `-c listen_addresses= -c unix_socket_directories=${sockets} -c fsync=on`;
  try {
    await postgres('pg_ctl', ['start', ...server, '-o', settings, '-l', join(sockets, 'log')], context);
    return await postgres('pgbench', ['-h', sockets, '-U', 'postgres', ...load], context);
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

const dataOf = ({ target }: Context): string => join(target.directory, 'pgdata');

/** The account Debian's package makes: PostgreSQL refuses to be root. */
const user = () => accountOf('postgres') ?? { uid: 65534, gid: 65534 };

const own = (directory: string): void => chownSync(directory, user().uid, user().gid);

const postgres = (program: string, args: readonly string[], { signal }: { readonly signal?: AbortSignal }) =>
  run(join(postgresBinaries(), program), args, { user: user(), ...(signal && { signal }) });

/** The directory of the newest version's programs. */
export function postgresBinaries(): string {
  const home = '/usr/lib/postgresql';
  const newest = readdirSync(home)
    .sort((one, other) => Number(one) - Number(other))
    .at(-1);
  return join(home, newest ?? '', 'bin');
}
