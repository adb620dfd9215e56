/** Opens what the demo needs, in order: the stage, the disk, PostgreSQL on it, its tables. */
import type { Closing } from './closing.js';
import { connect, createTables, fileOf, versionOf } from './database.js';
import { type Disk, openDisk } from './disk.js';
import { initialise } from './initialise.js';
import { postgresPrograms } from './postgres-programs.js';
import { type Server, startServer } from './postgres-server.js';
import { openServerLog, type ServerLog } from './server-log.js';
import { openStage } from './stage.js';
import { postgresUser } from './user.js';

export interface Theatre {
  readonly disk: Disk;
  readonly log: ServerLog;
  readonly sockets: string;
  readonly version: string;
  /** Of the table that every transaction reads from, below the volume. */
  readonly tableFile: string;
  /** Crashes PostgreSQL, and starts it again. */
  crash(): Promise<void>;
}

export interface TheatreOptions {
  readonly closing: Closing;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const startTimeoutMs = 30_000;

export async function openTheatre({ closing, signal, say }: TheatreOptions): Promise<Theatre> {
  const user = postgresUser();
  const stage = openStage(user);
  const disk = await openDisk(stage).catch((error: unknown) => {
    stage.close();
    throw error;
  });
  // Together: to look into a mount that could not be taken off may take for ever.
  closing.add(async () => {
    await disk.close();
    stage.close();
  });
  signal.throwIfAborted();
  const log = openServerLog(say);
  const options = {
    user,
    programs: postgresPrograms(user, stage.root),
    data: stage.mountpoint,
    sockets: stage.sockets,
    onLog: log.note,
  };
  await initialise({ ...options, signal });
  signal.throwIfAborted();
  let server: Server = startServer(options);
  const end = (): Promise<void> => {
    disk.disarm();
    return server.stop('immediate');
  };
  closing.add(end);
  // Whatever waits for an answer of the database must not wait for ever.
  signal.addEventListener('abort', end);
  const known = await prepare(stage.sockets, signal);
  const crash = async (): Promise<void> => {
    await server.stop('immediate');
    server = startServer(options);
  };
  return { ...known, disk, log, sockets: stage.sockets, crash };
}

async function prepare(
  sockets: string,
  signal: AbortSignal,
): Promise<Pick<Theatre, 'version' | 'tableFile'>> {
  const connection = await connect(sockets, { timeoutMs: startTimeoutMs, signal });
  try {
    await createTables(connection);
    return { version: await versionOf(connection), tableFile: await fileOf(connection, 'archive') };
  } finally {
    await connection.end();
  }
}
