/** Opens what the demo needs on this machine, in order: the folders, the injector, PostgreSQL and its replica, the tables. */
import { told } from '../action.js';
import { type Environment, type EnvironmentOptions, prepare } from '../environment.js';
import { timelineOf } from '../timeline.js';
import { openDatabases } from './databases.js';
import { freePorts } from './free-ports.js';
import { openInjector } from './injector.js';
import { openSetup } from './setup.js';
import { postgresUser } from './user.js';

export async function openLocalEnvironment({
  closing,
  signal,
  screen,
}: EnvironmentOptions): Promise<Environment> {
  const user = postgresUser();
  const ports = await freePorts();
  const setup = openSetup(user);
  const injector = await openInjector(setup, ports).catch((error: unknown) => {
    setup.close();
    throw error;
  });
  // Together: to look into a mount that could not be taken off may take for ever.
  closing.defer(async () => {
    await injector.close();
    setup.close();
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
  const databases = await openDatabases({ user, setup, ports, signal, say, onStart });
  const { version, tableFile } = await prepare(databases.pair, signal);
  return {
    ...databases,
    version,
    injector,
    subject: 'on a disk and a network that misbehave',
    ...timelineOf({ tableFile, cutOff: `tcp blackhole port ${ports.replication} for 8s` }),
    tell: told,
  };
}
