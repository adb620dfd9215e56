/** What a primary says of those who follow it, and when they have come as far as it has. */
import assert from 'node:assert/strict';
import type { Environment } from '../environment.js';
import { psql } from './psql.js';

export interface Follower {
  readonly name: string;
  readonly state: string;
  /** Written here, not yet replayed there. */
  readonly behindBytes: number;
  /** From the commit to its replay there, as last measured; null where nothing was sent of late. */
  readonly behindMs: number | null;
}

const followersSql = `SELECT application_name, state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn),
  extract(epoch FROM replay_lag) * 1000 FROM pg_stat_replication WHERE state <> 'backup' ORDER BY 1`;

export async function followers(environment: Environment, primary: string): Promise<readonly Follower[]> {
  const rows = await psql(environment, primary, followersSql);
  return rows.split('\n').flatMap((row) => {
    const [name = '', state = '', bytes = '', ms = ''] = row.split('|');
    return name === ''
      ? []
      : [{ name, state, behindBytes: Number(bytes), behindMs: ms === '' ? null : Number(ms) }];
  });
}

const catchUpS = 60;

/** One look that lasts until the replica has replayed what the primary had written when this was called. */
export async function caughtUp(environment: Environment, primary: string, replica: string): Promise<void> {
  const lsn = await psql(environment, primary, 'SELECT pg_current_wal_lsn()');
  const hasSql = `pg_last_wal_replay_lsn() >= '${lsn}'`;
  await psql(
    environment,
    replica,
    `DO $$ BEGIN
       FOR look IN 1..${catchUpS * 20} LOOP EXIT WHEN ${hasSql}; PERFORM pg_sleep(0.05); END LOOP;
     END $$`,
  );
  assert.equal(
    await psql(environment, replica, `SELECT ${hasSql}`),
    't',
    `${replica} has not replayed ${lsn} within ${catchUpS} s`,
  );
}
