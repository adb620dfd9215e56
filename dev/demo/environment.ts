/** Where the demo is played: two databases, what misbehaves under and between them, and what is played there. */
import { HavocError } from '../../core/havoc-error.js';
import type { Closing } from '../closing.js';
import type { Action } from './action.js';
import { connect, createTables, fileOf, versionOf } from './database.js';
import type { Injector } from './injector.js';
import { hasFollowed, type Pair } from './replica/replication.js';
import type { Screen } from './screen.js';
import type { ServerLog } from './server-log.js';

export interface Environment {
  readonly pair: Pair;
  /** Of the primary. */
  readonly log: ServerLog;
  readonly injector: Injector;
  readonly version: string;
  /** What PostgreSQL is put through, after its name: `on a disk that misbehaves`. */
  readonly subject: string;
  readonly actions: readonly Action[];
  readonly seconds: number;
  /** How it is said that an action begins. */
  tell(action: Action): string;
  /** Crashes the primary, and starts it again. */
  crash(): Promise<void>;
}

export interface EnvironmentOptions {
  readonly closing: Closing;
  readonly signal: AbortSignal;
  readonly screen: Screen;
}

export interface Prepared {
  readonly version: string;
  /** Of the table that every transaction reads from, below the volume. */
  readonly tableFile: string;
}

const startTimeoutMs = 60_000;

/** Fills the tables, and waits until the replica has them. Rejects with `demo.failed` when it does not follow. */
export async function prepare(pair: Pair, signal: AbortSignal): Promise<Prepared> {
  const connection = await connect(pair.primary, { timeoutMs: startTimeoutMs, signal });
  const prepared = await (async () => {
    await createTables(connection);
    return { version: await versionOf(connection), tableFile: await fileOf(connection, 'archive') };
  })().finally(() => connection.end());
  if (!(await hasFollowed(pair, { timeoutMs: startTimeoutMs, signal })))
    throw new HavocError('demo.failed', 'the replica does not follow PostgreSQL');
  return prepared;
}
