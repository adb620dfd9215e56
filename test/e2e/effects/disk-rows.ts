/**
 * How each effect of the disk server shows, to PostgreSQL itself where it asks the kernel for it, else to a program
 * beside it.
 */
import { dataFolder } from '../postgres/postgres-set.js';
import type { ProbeAgent } from '../probe-agent/probe-agent.js';
import type { Observation, Question } from '../probe-agent/probe-agent-program.js';
import type { Amounts } from './effect-forms.js';
import type { Effect } from './play-effect.js';

export type DiskRow = Pick<Effect, 'isFaulty' | 'looks'> & {
  readonly amounts?: Amounts;
  /** `{table}` is the path of a table's file below the volume. */
  readonly clauses: string;
  readonly look: (inside: ProbeAgent) => Promise<Observation>;
  readonly goesOn?: (inside: ProbeAgent) => Promise<Observation>;
};

/** A table that is there, with an index, and more rows than fit into one block. */
export const table = 'noted';

const wal = 'pgdata/pg_wal/**';
const base = 'pgdata/base/**';

const sql = (text: string, boundMs?: number) => (inside: ProbeAgent) =>
  inside.see({
    act: 'query',
    on: 'disk',
    sql: text,
    server: {},
    ...(boundMs !== undefined && { boundMs }),
  });

const file = (question: Question) => (inside: ProbeAgent) => inside.see(question);

const probe = `${dataFolder}/probe/file`;

const commit = `INSERT INTO ${table} VALUES (0, 'commit')`;
const tenCommits = `DO $$ BEGIN FOR one IN 1..10 LOOP ${commit}; COMMIT; END LOOP; END $$`;
const fileOf = `pg_relation_filepath('${table}')`;
const growth = `CREATE TABLE filler AS SELECT repeat(md5(id::text), 30) FROM generate_series(1, 8000) AS id; DROP TABLE filler`;

export const diskRows: Readonly<Record<string, DiskRow>> = {
  'latency D': {
    amounts: { D: '400ms' },
    clauses: `on fsync in ${wal}`,
    look: sql(commit),
    isFaulty: ({ ms }) => ms >= 400,
  },
  'error ERRNO': {
    amounts: { ERRNO: 'EIO' },
    clauses: 'on read in {table}',
    look: sql(`SELECT length(pg_read_binary_file(${fileOf}))`),
    isFaulty: ({ text }) => text.includes('Input/output error'),
  },
  'short N': {
    amounts: { N: '100' },
    clauses: 'on read in probe/**',
    look: file({ act: 'read', path: probe, bytes: 4096 }),
    isFaulty: ({ bytes }) => bytes === 100,
  },
  'corrupt N bits': {
    amounts: { N: '1' },
    clauses: 'on read in {table}',
    look: sql(`SELECT md5(pg_read_binary_file(${fileOf}, 0, 8192))`),
    isFaulty: ({ text }, well) => text !== well.text,
  },
  'full after SIZE': {
    amounts: { SIZE: '1Mi' },
    clauses: `in ${base}`,
    look: sql(growth),
    isFaulty: ({ text }) => text.includes('No space left on device'),
  },
  'throttle N iops': {
    amounts: { N: '5' },
    clauses: `on fsync in ${wal}`,
    look: sql(tenCommits),
    isFaulty: ({ ms }) => ms >= 1500,
  },
  'throttle SIZE/s': {
    amounts: { SIZE: '1Mi' },
    clauses: 'on write in probe/**',
    look: file({ act: 'write', path: probe, bytes: 2 << 20 }),
    // The first request may be as long as a second's worth; it is the next that waits for it.
    isFaulty: ({ ms }) => ms >= 900,
  },
  freeze: {
    clauses: `on fsync in ${wal}`,
    look: sql(commit, 1500),
    isFaulty: ({ code }) => code === 'waiting',
    looks: 1,
    goesOn: (inside) => inside.see({ act: 'finish', on: 'disk' }),
  },
  readonly: {
    clauses: `in ${base}`,
    look: sql('CREATE TABLE forbidden (id integer); DROP TABLE forbidden'),
    isFaulty: ({ text }) => text.includes('Read-only file system'),
  },
};
