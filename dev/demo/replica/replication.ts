/** How far a database has written, and how far its replica has come. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Address, type Connection, type ConnectOptions, connect } from '../database.js';

/** Two databases, the second the replica of the first. */
export interface Pair {
  readonly primary: Address;
  readonly replica: Address;
}

export interface Sent {
  /** On disk, in bytes of WAL since there is WAL. */
  readonly flushed: number;
  /** The process that feeds the replica, another one for each connection; null while there is none. */
  readonly senderPid: number | null;
}

const betweenMs = 50;

/** Looks at no table: a disk may be frozen. */
export async function sent(primary: Connection): Promise<Sent> {
  const { rows } = await primary.query<{ flushed: string; pid: number | null }>(
    `SELECT pg_current_wal_flush_lsn() - '0/0'::pg_lsn AS flushed,
      (SELECT pid FROM pg_stat_get_wal_senders() LIMIT 1)`,
  );
  return { flushed: Number(rows[0]?.flushed ?? 0), senderPid: rows[0]?.pid ?? null };
}

export async function replayed(replica: Connection): Promise<number> {
  const { rows } = await replica.query<{ replayed: string }>(
    `SELECT pg_last_wal_replay_lsn() - '0/0'::pg_lsn AS replayed`,
  );
  return Number(rows[0]?.replayed ?? 0);
}

/** Has the replica, in time, all that the primary has written by now? Rejects when one of them does not answer. */
export async function hasFollowed({ primary, replica }: Pair, options: ConnectOptions): Promise<boolean> {
  const deadline = performance.now() + options.timeoutMs;
  const source = await connect(primary, options);
  const { flushed } = await sent(source).finally(() => source.end());
  const follower = await connect(replica, options);
  try {
    while ((await replayed(follower)) < flushed) {
      if (performance.now() > deadline) return false;
      await wait(betweenMs, undefined, { signal: options.signal });
    }
    return true;
  } finally {
    await follower.end();
  }
}
