/** Opens what the demo needs on this machine, in order: the stage, the injector, PostgreSQL and its replica, the tables. */
import { told } from '../act.js';
import { prepare, type Theatre, type TheatreOptions } from '../theatre.js';
import { localTimeline } from './acts.js';
import { openDatabases } from './databases.js';
import { freePorts } from './free-ports.js';
import { openInjector } from './injector.js';
import { openStage } from './stage.js';
import { postgresUser } from './user.js';

export async function openLocalTheatre({ closing, signal, screen }: TheatreOptions): Promise<Theatre> {
  const user = postgresUser();
  const ports = await freePorts();
  const stage = openStage(user);
  const injector = await openInjector(stage, ports).catch((error: unknown) => {
    stage.close();
    throw error;
  });
  // Together: to look into a mount that could not be taken off may take for ever.
  closing.defer(async () => {
    await injector.close();
    stage.close();
  });
  signal.throwIfAborted();
  const onStart = (stop: () => Promise<void>): void => {
    const end = (): Promise<void> => {
      injector.disarmAll();
      return stop();
    };
    closing.defer(end);
    // Whatever waits for an answer of the database must not wait for ever.
    signal.addEventListener('abort', end);
  };
  const say = (line: string): void => screen.say(`  ${screen.ink.dim(`PostgreSQL: ${line}`)}`);
  const databases = await openDatabases({ user, stage, ports, signal, say, onStart });
  const { version, tableFile } = await prepare(databases.pair, signal);
  return {
    ...databases,
    version,
    injector,
    subject: 'on a disk and a network that misbehave',
    ...localTimeline({ tableFile, replicaPort: ports.replication }),
    tell: told,
  };
}
