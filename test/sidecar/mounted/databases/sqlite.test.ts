/**
 * SQLite in WAL mode with mapped memory, by two processes at once: what was committed is there, and the file is whole.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { killFaultProxy } from '../kill-fault-proxy.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { type Ran, runProgram, succeed } from './run-program.js';

const settings = 'pragma mmap_size=67108864; pragma synchronous=full;';
/** From the first statement on: even to look at the log of a database may have to wait for another process. */
const patient = ['-bail', '-cmd', '.timeout 30000'];

describe('SQLite on the mount', { skip: needs('root', 'fuse', 'sqlite3') }, () => {
  let disk: MountedDisk;
  let database: string;
  let expected: number;
  before(async () => {
    disk = await mountDisk();
    database = join(disk.mount, 'database');
  });
  beforeEach(async () => {
    await sqlite(
      'pragma journal_mode=wal; drop table if exists t; create table t(writer, id, text); create index i on t(text);',
    );
    expected = 0;
  });
  afterEach(async () => {
    await disk.control.disarmAll();
    assert.equal((await succeed('sqlite3', [...patient, database, 'pragma integrity_check'])).trim(), 'ok');
    const [count, copies] = (
      await succeed('sqlite3', [
        ...patient,
        database,
        'select count(*), count(*) - count(distinct writer || id) from t',
      ])
    )
      .trim()
      .split('|');
    assert.ok(Number(count) >= expected, `${count} rows of ${expected} committed`);
    assert.equal(copies, '0');
  });
  after(() => disk?.close());

  for (const sentence of [
    'disk latency 3ms jitter 3ms on fsync',
    'disk latency 1ms on read,write chance 20%',
    'disk throttle 8Mi/s',
  ]) {
    test(`two writers commit everything under: ${sentence}`, async () => {
      await disk.control.arm('fault', sentence);
      await twoWriters(50);
    });
  }

  test('two writers commit everything while the fault proxy dies', async () => {
    const writing = twoWriters(400);
    for (let kill = 0; kill < 3; kill += 1) await killFaultProxy(disk);
    await writing;
  });

  test('a full disk refuses a transaction and spoils none', async () => {
    await twoWriters(50);
    await disk.control.arm('fault', 'disk full after 256Ki');
    const { stderr } = await runProgram('sqlite3', [
      ...patient,
      database,
      `${settings} insert into t select 9, value, hex(randomblob(500)) from generate_series(1, 5000);`,
    ]);
    assert.match(stderr, /full/);
  });

  test('a read error is told, and is gone with its fault', async () => {
    await twoWriters(50);
    await disk.control.arm('fault', 'disk error EIO on read in database');
    const { stderr } = await runProgram('sqlite3', [database, 'select sum(length(text)) from t']);
    assert.match(stderr, /disk I\/O error/);
  });

  test('a writer that is killed in the midst of it leaves whole transactions', async () => {
    const writer = spawn('sqlite3', [...patient, database], { stdio: ['pipe', 'pipe', 'inherit'] });
    const exited = once(writer, 'exit');
    const lines = createInterface(writer.stdout).on('line', (line) => {
      if (line === 'done') expected += 1;
    });
    writer.stdin.on('error', () => {});
    writer.stdin.write(`${settings}\n${inserts(3, 5000)}`);
    while (expected === 0) await once(lines, 'line');
    writer.kill('SIGKILL');
    await exited;
    assert.ok(expected > 0);
  });

  async function twoWriters(rows: number): Promise<void> {
    const ran = await Promise.all([1, 2].map((writer) => sqlite(`${settings}\n${inserts(writer, rows)}`)));
    for (const { stdout } of ran) expected += stdout.split('\n').filter((line) => line === 'done').length;
    assert.equal(expected, 2 * rows);
  }

  async function sqlite(sql: string): Promise<Ran> {
    const ran = await runProgram('sqlite3', [...patient, database], { input: sql });
    assert.equal(ran.code, 0, ran.stderr);
    return ran;
  }
});

/** Each row a transaction of its own, told as `done` once it is committed. */
function inserts(writer: number, rows: number): string {
  const statements = Array.from(
    { length: rows },
    (_, id) => `insert into t values(${writer}, ${id}, hex(randomblob(200))); select 'done';`,
  );
  return `${statements.join('\n')}\n`;
}
