/**
 * MySQL and MariaDB. Members of group replication and of Galera know their own state; of plain replication a replica is who
 * follows somebody. The account needs the right to see that: REPLICATION CLIENT, of MariaDB REPLICA MONITOR.
 */
import { connect } from 'node:net';
import type { ConnectionOptions, RowDataPacket } from 'mysql2/promise';
import type { PodRole } from '../role.js';
import { type AskRole, type DatabaseAddress, said, saidNone } from './address.js';

type Query = (sql: string) => Promise<readonly RowDataPacket[]>;

export const askMysql: AskRole = async (at, signal) => {
  const { createConnection } = await import('mysql2/promise');
  signal.throwIfAborted();
  const connecting = createConnection(optionsOf(at));
  // One that comes too late is of no use.
  const cut = (): void => void connecting.then((connection) => connection.destroy()).catch(() => undefined);
  signal.addEventListener('abort', cut);
  try {
    const connection = await connecting;
    connection.on('error', () => undefined);
    return await roleOf(async (sql) => (await connection.query<RowDataPacket[]>(sql))[0]);
  } finally {
    signal.removeEventListener('abort', cut);
    cut();
  }
};

/** The driver checks a certificate for the host that it is told, so it is told that of the certificate. */
function optionsOf({ host, port, user, password, tls }: DatabaseAddress): ConnectionOptions {
  const account = { user: user ?? '', password: password ?? '' };
  if (tls === null) return { host, port, ...account };
  const { ca, client, serverName, insecureSkipVerify } = tls;
  const ssl = {
    rejectUnauthorized: !insecureSkipVerify,
    verifyIdentity: serverName !== null,
    ...(ca !== null && { ca }),
    ...client,
  };
  return { host: serverName ?? host, port, ...account, ssl, stream: () => connect({ host, port }) };
}

async function roleOf(query: Query): Promise<PodRole> {
  const variables = namedValues(
    await query(`show global variables where variable_name in ('version', 'read_only', 'super_read_only',
      'innodb_read_only', 'wsrep_on', 'group_replication_group_name', 'group_replication_single_primary_mode')`),
  );
  const refusals = ['read_only', 'super_read_only', 'innodb_read_only'].filter(
    (name) => (variables.get(name) ?? 'OFF') !== 'OFF',
  );
  const server: Server = {
    query,
    variables,
    writes: refusals.length === 0,
    refusal: refusals.at(-1) ?? null,
  };
  return (await groupRole(server)) ?? (await galeraRole(server)) ?? (await followerRole(server));
}

interface Server {
  readonly query: Query;
  readonly variables: ReadonlyMap<string, string>;
  readonly writes: boolean;
  /** The variable that is on, and keeps it from taking writes. */
  readonly refusal: string | null;
}

/** Of group replication; null where it is not a member. */
async function groupRole({ query, variables, writes, refusal }: Server): Promise<PodRole | null> {
  const group = variables.get('group_replication_group_name') ?? '';
  if (group === '') return null;
  const [row] = await query(`select member_state as state, member_role as role
    from performance_schema.replication_group_members where member_id = @@server_uuid and member_state <> 'OFFLINE'`);
  if (row === undefined) return null;
  const { state, role } = row;
  if (state !== 'ONLINE') return saidNone(`its state in the group is ${state}`);
  const isShared = variables.get('group_replication_single_primary_mode') === 'OFF';
  return said(role === 'PRIMARY' ? 'primary' : 'replica', `${role} of the group${because(refusal)}`, {
    writable: writes,
    group: isShared ? { name: group, writers: 'all' } : null,
  });
}

/** Of Galera; null where it is not a node. */
async function galeraRole({ query, variables, writes, refusal }: Server): Promise<PodRole | null> {
  if (variables.get('wsrep_on') !== 'ON') return null;
  const status = namedValues(
    await query(`show global status where variable_name in ('wsrep_cluster_status', 'wsrep_ready',
      'wsrep_local_state_comment', 'wsrep_cluster_state_uuid')`),
  );
  const [component, ready] = [status.get('wsrep_cluster_status'), status.get('wsrep_ready')];
  const state = `${status.get('wsrep_local_state_comment')}, wsrep_cluster_status ${component}, wsrep_ready ${ready}`;
  if (component !== 'Primary' || ready !== 'ON') return saidNone(`its state in Galera is ${state}`);
  return said('primary', `its state in Galera is ${state}${because(refusal)}`, {
    writable: writes,
    group: { name: status.get('wsrep_cluster_state_uuid') ?? '', writers: 'all' },
  });
}

/** Of plain replication. One that was promoted may remember whom it followed, with both threads stopped. */
async function followerRole(server: Server): Promise<PodRole> {
  const { writes, refusal } = server;
  const channels = (await channelsOf(server)).map(channelOf);
  const active = channels.find(({ isStopped }) => !isStopped);
  if (channels.length === 0 || (active === undefined && writes))
    return writes
      ? said('primary', 'it follows nobody and takes writes', { writable: true })
      : saidNone(`it follows nobody, and ${refusal} is on`);
  const { seen } = active ?? channels[0] ?? { seen: '' };
  return said('replica', `${seen}${because(refusal)}`, { writable: writes });
}

/** Two names for it since MySQL 8.0.22, which forgot the old one in 8.4. */
async function channelsOf({ query, variables }: Server): Promise<readonly RowDataPacket[]> {
  if (/mariadb/i.test(variables.get('version') ?? '')) return query('show all slaves status');
  try {
    return await query('show replica status');
  } catch (error) {
    if (!isSyntaxError(error)) throw error;
    return query('show slave status');
  }
}

/** ER_PARSE_ERROR. */
const isSyntaxError = (error: unknown): boolean =>
  error instanceof Error && 'errno' in error && error.errno === 1064;

interface Channel {
  readonly isStopped: boolean;
  readonly seen: string;
}

function channelOf(row: RowDataPacket): Channel {
  const either = (...names: readonly string[]): string =>
    String(names.map((name) => row[name]).find((value) => value !== undefined) ?? '');
  const from = either('Source_Host', 'Master_Host');
  const threads = [
    either('Replica_IO_Running', 'Slave_IO_Running'),
    either('Replica_SQL_Running', 'Slave_SQL_Running'),
  ];
  const isStopped = threads.every((thread) => thread === 'No');
  return {
    isStopped,
    seen: isStopped ? `it followed ${from}, and is stopped` : `it follows ${from}`,
  };
}

const because = (refusal: string | null): string => (refusal === null ? '' : `, ${refusal} is on`);

const namedValues = (rows: readonly RowDataPacket[]): ReadonlyMap<string, string> =>
  new Map(rows.map((row) => [String(row['Variable_name']), String(row['Value'])]));
