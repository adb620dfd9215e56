/** How far the replica is behind, by the word of the primary. */
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { postgresUrl } from '../../experiment/ledger/databases/postgres-url.js';
import type { Databases } from './databases.js';

/** What clients write in a fraction of a second: no more can be asked of a replica that follows. */
const levelBytes = 64 * 1024;
const betweenMs = 100;
const answerMs = 10_000;

/** Null: nobody follows, or the primary does not answer. */
export async function bytesBehind({ url, password }: Databases): Promise<number | null> {
  const client = new pg.Client({
    connectionString: postgresUrl(url.primary, password),
    connectionTimeoutMillis: answerMs,
    query_timeout: answerMs,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ bytes: string | null }>(
      'select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), replay_lsn) as bytes from pg_stat_replication',
    );
    const bytes = rows[0]?.bytes;
    return bytes ? Math.max(0, Number(bytes)) : null;
  } catch {
    return null;
  } finally {
    client.end().catch(() => undefined);
    client.connection.stream.destroy();
  }
}

/** Resolves with how long that took; null: not within `boundMs`. */
export async function untilLevel(databases: Databases, boundMs: number): Promise<number | null> {
  const beganMs = performance.now();
  while (performance.now() < beganMs + boundMs) {
    const bytes = await bytesBehind(databases);
    if (bytes !== null && bytes <= levelBytes) return performance.now() - beganMs;
    await wait(betweenMs);
  }
  return null;
}
