/** The two PostgreSQLs: one on the disk that misbehaves, and a replica that follows it through the port that does. */
import { randomBytes } from 'node:crypto';
import type { User } from '../../programs/run.js';
import { connect } from '../database.js';
import type { Pair } from '../replica/replication.js';
import { openServerLog, type ServerLog } from '../server-log.js';
import { admitReplica } from './admit-replica.js';
import type { Ports } from './free-ports.js';
import { initialise } from './initialise.js';
import { makeReplica } from './make-replica.js';
import { postgresPrograms } from './postgres-programs.js';
import { startServer } from './postgres-server.js';
import type { Setup } from './setup.js';

export interface Databases {
  readonly pair: Pair;
  /** Of the one on the disk. */
  readonly log: ServerLog;
  /** Crashes it, and starts it again. */
  crash(): Promise<void>;
}

export interface DatabasesOptions {
  readonly user: User;
  readonly setup: Setup;
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Told how to end each server, as soon as it is started. */
  readonly onStart: (end: () => Promise<void>) => void;
}

const startTimeoutMs = 30_000;
/** Names a socket, no more: the replica does not listen on the network. */
const replicaPort = 5432;

export async function openDatabases(options: DatabasesOptions): Promise<Databases> {
  const { user, setup, ports, signal, say, onStart } = options;
  const programs = postgresPrograms(user, setup.root);
  const pair = {
    primary: { host: setup.sockets, port: ports.database },
    replica: { host: setup.replicaSockets, port: replicaPort },
  };
  const password = randomBytes(24).toString('hex');
  const source = { data: setup.mountpoint, port: ports.replication, password };
  await initialise({ programs, user, data: setup.mountpoint, signal });
  await makeReplica(source, setup.replica, { user, signal });
  signal.throwIfAborted();
  const log = openServerLog(say);
  const settings = { listen_addresses: '127.0.0.1' };
  const own = { programs, user, data: setup.mountpoint, address: pair.primary, settings, onLog: log.note };
  let primary = startServer(own);
  onStart(() => primary.stop('immediate'));
  await admit(pair, password, signal);
  signal.throwIfAborted();
  const { note } = openServerLog((line) => say(`on the replica: ${line}`));
  const replica = startServer({ programs, user, data: setup.replica, address: pair.replica, onLog: note });
  onStart(() => replica.stop('immediate'));
  const crash = async (): Promise<void> => {
    await primary.stop('immediate');
    primary = startServer(own);
  };
  return { pair, log, crash };
}

async function admit({ primary }: Pair, password: string, signal: AbortSignal): Promise<void> {
  const connection = await connect(primary, { timeoutMs: startTimeoutMs, signal });
  await admitReplica(connection, password).finally(() => connection.end());
}
