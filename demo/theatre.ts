/** Opens what the demo needs, in order: the stage, the injector, PostgreSQL and its replica, the tables. */
import { HavocError } from '../sidecar/havoc-error.js';
import type { Closing } from './closing.js';
import { type Address, connect, createTables, fileOf, versionOf } from './database.js';
import { type Databases, openDatabases } from './databases.js';
import { freePorts } from './free-ports.js';
import { type Injector, openInjector } from './injector.js';
import { hasFollowed } from './replica/replication.js';
import { openStage } from './stage.js';
import { postgresUser } from './user.js';

export interface Theatre extends Databases {
  readonly injector: Injector;
  readonly version: string;
  /** Of the table that every transaction reads from, below the volume. */
  readonly tableFile: string;
  /** Through which the replica follows. */
  readonly replicaPort: number;
}

export interface TheatreOptions {
  readonly closing: Closing;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const startTimeoutMs = 30_000;

export async function openTheatre({ closing, signal, say }: TheatreOptions): Promise<Theatre> {
  const user = postgresUser();
  const ports = await freePorts();
  const stage = openStage(user);
  const injector = await openInjector(stage, ports).catch((error: unknown) => {
    stage.close();
    throw error;
  });
  // Together: to look into a mount that could not be taken off may take for ever.
  closing.add(async () => {
    await injector.close();
    stage.close();
  });
  signal.throwIfAborted();
  const onStart = (stop: () => Promise<void>): void => {
    const end = (): Promise<void> => {
      injector.disarm();
      return stop();
    };
    closing.add(end);
    // Whatever waits for an answer of the database must not wait for ever.
    signal.addEventListener('abort', end);
  };
  const databases = await openDatabases({ user, stage, ports, signal, say, onStart });
  const known = await prepare(databases.pair.primary, signal);
  if (!(await hasFollowed(databases.pair, { timeoutMs: startTimeoutMs, signal })))
    throw new HavocError('E_REPLICA', 'the replica does not follow PostgreSQL');
  return { ...databases, ...known, injector, replicaPort: ports.replication };
}

async function prepare(
  address: Address,
  signal: AbortSignal,
): Promise<Pick<Theatre, 'version' | 'tableFile'>> {
  const connection = await connect(address, { timeoutMs: startTimeoutMs, signal });
  try {
    await createTables(connection);
    return { version: await versionOf(connection), tableFile: await fileOf(connection, 'archive') };
  } finally {
    await connection.end();
  }
}
