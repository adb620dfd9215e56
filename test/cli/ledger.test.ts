/** `havock8s ledger` as a person types it, on a real PostgreSQL. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { valueAt } from '../../core/json.js';
import { reachableFolder } from '../experiment/ledger/reachable-folder.js';
import { needs } from '../needs.js';
import { Postgres } from '../sidecar/mounted/databases/postgres.js';
import { until } from '../sidecar/mounted/until.js';
import { onTerminal } from './on-terminal.js';
import { errorOf, program, runCli, spawnCli, spawnProgram } from './run-cli.js';
import { temporaryFolders } from './temporary-folders.js';

describe('havock8s ledger', { skip: needs('root', 'postgres') }, () => {
  let parent: string;
  let postgres: Postgres;
  let url: string;
  let state: string;
  before(async () => {
    parent = reachableFolder();
    postgres = await Postgres.create(parent);
    url = `postgres:///postgres?host=${postgres.socketDirectory}&user=app`;
  });
  beforeEach(() => {
    state = join(mkdtempSync(join(tmpdir(), 'havock8s-ledger-')), 'state');
  });
  afterEach(() => rmSync(join(state, '..'), { recursive: true }));
  after(async () => {
    await postgres?.close();
    rmSync(parent, { recursive: true, force: true });
  });

  const tables = async (): Promise<string> =>
    (await postgres.query('select count(*) from pg_tables where tablename like $$havock8s%$$')).stdout.trim();

  test('says Intact after its time, exits with 0, and takes its table away', async (t) => {
    const ran = await runCli(t, ['ledger', '--postgres', url, '--for', '500ms', '--state', state]);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stdout, /^Intact: all \d+ acknowledged writes are there/);
    assert.match(ran.stdout, /\nacknowledged +\d+ {2}p50 [\d.]+ ms, p90 .*longest .*\nlost +0\nstale +0\n/);
    assert.match(ran.stderr, /^writing; what is acknowledged is kept in .*state\nreading back\n$/);
    assert.equal(await tables(), '0');
  });

  test('makes a folder of its own where none is named, and takes it away when all is right', async (t) => {
    const ran = await runCli(t, ['ledger', '--postgres', url, '--for', '200ms'], {
      env: { TMPDIR: join(state, '..') },
    });
    assert.equal(ran.code, 0, ran.stderr);
    const made = /kept in (\S+)/.exec(ran.stderr)?.[1] ?? '';
    assert.equal(dirname(made), join(state, '..'));
    assert.ok(!existsSync(made));
  });

  test('ends with Ctrl-C, and gives programs the result as JSON', async (t) => {
    const running = spawnCli(t, ['ledger', '--postgres', url, '--state', state, '--keep', '-o', 'json']);
    await running.says(/Ctrl-C ends and reads back/);
    await until(() => acknowledgedIn(state) >= 3);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.ended;
    const result = JSON.parse(stdout);
    assert.deepEqual([code, result.data, result.lost, result.duplicated], [0, 'Intact', 0, 0]);
    assert.ok(result.acknowledged >= 3);
    assert.equal(await tables(), '1');
    await dropTables();
  });

  test('reads back what a ledger remembered that was killed, and exits with 1 when some of it is lost', async (t) => {
    const running = spawnCli(t, ['ledger', '--postgres', url, '--state', state]);
    await running.says(/writing/);
    await until(() => acknowledgedIn(state) >= 10);
    running.child.kill('SIGKILL');
    await running.ended;
    await until(async () => (await postgres.query(sessions)).stdout.trim() === '0');
    const intact = await runCli(t, ['ledger', 'read-back', state]);
    assert.equal(intact.code, 0, intact.stdout + intact.stderr);
    await eachTable('delete from % where number < 3');
    const lost = await runCli(t, ['ledger', 'read-back', state, '-o', 'json']);
    assert.equal(lost.code, 1);
    assert.deepEqual([JSON.parse(lost.stdout).data, JSON.parse(lost.stdout).lost], ['Lost', 2]);
    await dropTables();
  });

  test('exits with 3 when what is there cannot be read back', async (t) => {
    const kept = await runCli(t, ['ledger', '--postgres', url, '--for', '200ms', '--state', state, '--keep']);
    assert.equal(kept.code, 0);
    await postgres.query('create role stranger login');
    const from = url.replace('user=app', 'user=stranger');
    const args = ['ledger', 'read-back', state, '--read-back-from', from, '--within', '300ms'];
    const { code, stdout } = await runCli(t, args);
    assert.equal(code, 3);
    assert.match(stdout, /^Unknown: what is there could not be read back: .*permission denied/);
    await dropTables();
    const gone = await runCli(t, ['ledger', 'read-back', join(state, 'none')]);
    assert.equal(gone.code, 1);
    assert.match(gone.stderr, /ledger.jsonl cannot be read/);
  });

  test('shows on a terminal how it goes', async (t) => {
    const words = [process.execPath, program, 'ledger', '--postgres', url, '--for', '1s', '--state', state];
    const { code, stdout } = await spawnProgram(t, onTerminal(words)).ended;
    assert.equal(code, 0, stdout);
    assert.match(stdout, /\r\d s {2}\d+ acknowledged, 0 refused, 0 unknown {2}longest \d+ ms/);
  });

  test('takes a password from a file, and never shows it', async (t) => {
    const file = join(state, '..', 'password');
    writeFileSync(file, 'secret-word\n');
    const args = ['ledger', '--postgres', url, '--password-file', file, '--for', '200ms', '--state', state];
    const ran = await runCli(t, [...args, '--keep']);
    assert.equal(ran.code, 0);
    assert.doesNotMatch(
      ran.stdout + ran.stderr + readFileSync(join(state, 'ledger.jsonl'), 'utf8'),
      /secret/,
    );
    await dropTables();
  });

  async function eachTable(sql: string): Promise<void> {
    const { stdout } = await postgres.query(
      'select tablename from pg_tables where tablename like $$havock8s%$$',
    );
    for (const table of stdout.trim().split('\n')) await postgres.query(sql.replace('%', table));
  }

  const dropTables = (): Promise<void> => eachTable('drop table %');
});

test('havock8s ledger refuses a command line with all that is wrong in it, and writes nothing', async (t) => {
  const state = join(tmpdir(), 'havock8s-never-made');
  const args = [
    '--postgres',
    'postgres://app:secret@db/app',
    '--writers',
    '0',
    '--readers',
    'x',
    '--for',
    '5',
  ];
  const more = ['--state', state, '--read-back-from', 'mysql://db', '--password-file', join(state, 'none')];
  const ran = await runCli(t, ['ledger', ...args, ...more, '-o', 'json']);
  assert.equal(ran.code, 2);
  assert.doesNotMatch(ran.stderr, /secret/);
  assert.deepEqual(
    errorOf(ran).problems?.map((problem) => String(valueAt(problem, ['subject'])).split(' ')[0]),
    ['--password-file', '--postgres', '--read-back-from', '--writers', '--readers', '--for'],
  );
  assert.ok(!existsSync(state));
});

test('havock8s ledger asks for a database, and says when there is none', async (t) => {
  const none = await runCli(t, ['ledger']);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /no database; expected --postgres URL/);
  const root = temporaryFolders(t, 'tmp');
  const args = ['ledger', '--postgres', 'postgres://app@127.0.0.1:1/app', '-o', 'json'];
  const away = await runCli(t, args, { env: { TMPDIR: join(root, 'tmp') } });
  assert.equal(away.code, 1);
  assert.equal(errorOf(away).code, 'ledger.unreachable');
  assert.deepEqual(readdirSync(join(root, 'tmp')), []);
});

const sessions = `select count(*) from pg_stat_activity where application_name = 'havock8s ledger'`;

function acknowledgedIn(state: string): number {
  const path = join(state, 'ledger.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').split('"acknowledged"').length - 1 : 0;
}
