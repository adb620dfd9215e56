/** A real PostgreSQL, healthy, killed, and one that loses what it acknowledged. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { hasCode } from '../../../core/havoc-error.js';
import { entryOf } from '../../../experiment/ledger/entry.js';
import { readHistory } from '../../../experiment/ledger/history-file.js';
import { type Ledger, type LedgerOptions, startLedger } from '../../../experiment/ledger/ledger.js';
import { readBackLedger } from '../../../experiment/ledger/read-back-ledger.js';
import { needs } from '../../needs.js';
import { Postgres } from '../../sidecar/mounted/databases/postgres.js';
import { until } from '../../sidecar/mounted/until.js';
import { acknowledge } from './acknowledge.js';
import { reachableFolder } from './reachable-folder.js';

describe('a ledger of PostgreSQL', { skip: needs('root', 'postgres') }, () => {
  let parent: string;
  let postgres: Postgres;
  let stateDir: string;
  before(async () => {
    parent = reachableFolder();
    postgres = await Postgres.create(parent);
  });
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'havock8s-ledger-'));
  });
  afterEach(() => rmSync(stateDir, { recursive: true }));
  after(async () => {
    await postgres?.close();
    rmSync(parent, { recursive: true, force: true });
  });

  test('is Intact when nothing happens to it, and leaves nothing behind', async (t) => {
    const ledger = await started(t);
    await acknowledge(ledger, 20);
    const result = await ledger.readBack();
    assert.deepEqual([result.data, result.lost, result.stale, result.corrupt], ['Intact', 0, 0, 0]);
    assert.ok(result.acknowledged >= 20 && result.latency !== null);
    assert.equal(await value('select count(*) from pg_tables where tablename like $$havock8s%$$'), '1');
    await ledger.remove();
    assert.equal(await value('select count(*) from pg_tables where tablename like $$havock8s%$$'), '0');
  });

  test('is Intact when the server is killed again and again under its writers, and knows when nobody could write', async (t) => {
    const ledger = await started(t);
    for (let kill = 0; kill < 3; kill += 1) {
      await acknowledge(ledger, 20);
      await killWithWritesInFlight(postgres, await tableName());
      const atMs = performance.now();
      await until(() => performance.now() > atMs + 1_100);
      await postgres.start();
    }
    await acknowledge(ledger, 20);
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.ok(result.unknown.there + result.unknown.gone >= 3, JSON.stringify(result.unknown));
    assert.equal(result.unavailable.length, 3);
    await ledger.remove();
  });

  test('is Lost, with the right count, when a replica is promoted that was behind its killed primary', async (t) => {
    const standby = await postgres.standby(parent);
    t.after(() => standby.close());
    const ledger = await started(t, { readBackFrom: [targetOf(standby)] });
    await acknowledge(ledger, 20);
    await standby.query('alter system set primary_conninfo = $$$$');
    await standby.query('select pg_reload_conf()');
    await until(
      async () => (await standby.query('select count(*) from pg_stat_wal_receiver')).stdout === '0\n',
    );
    await acknowledge(ledger, 50);
    await postgres.stop('SIGQUIT');
    await standby.promote();
    const result = await ledger.readBack();
    await postgres.start();
    assert.equal(result.data, 'Lost', result.message);
    const numbers = async (of: Postgres): Promise<readonly number[]> =>
      (await of.query(`select number from ${await tableName()}`)).stdout.trim().split('\n').map(Number);
    const kept = new Set(await numbers(standby));
    const { writes } = await readHistory(stateDir);
    const lost = (await numbers(postgres)).filter(
      (number) => writes.outcomeOf(number) === 'acknowledged' && !kept.has(number),
    );
    assert.ok(lost.length >= 50);
    assert.equal(result.lost, lost.length);
    assert.deepEqual(
      result.examples.lost.map(({ number }) => number),
      lost.toSorted((one, other) => one - other).slice(0, 5),
    );
    const own = await readBackLedger({ stateDir }, systemClock);
    assert.equal(own.data, 'Intact', own.message);
    await ledger.remove();
  });

  test('is Lost when rows are gone, and says which', async (t) => {
    const ledger = await started(t);
    await acknowledge(ledger, 20);
    await ledger.stop();
    await value(`delete from ${await tableName()} where number in (3, 7)`);
    const { data, message, examples } = await ledger.readBack();
    assert.equal(data, 'Lost');
    assert.match(message, /^2 of \d+ acknowledged writes are lost$/);
    const table = await tableName();
    await value(`alter table ${table} rename to elsewhere`);
    const without = await ledger.readBack();
    assert.deepEqual([without.data, without.lost], ['Lost', without.acknowledged]);
    await value(`alter table elsewhere rename to ${table}`);
    assert.deepEqual(
      examples.lost.map(({ number }) => number),
      [3, 7],
    );
    await ledger.remove();
  });

  test('counts a row that is there twice, and one that readers did not see for a while', async (t) => {
    const ledger = await started(t, { readers: 4 });
    await acknowledge(ledger, 10);
    const table = await tableName();
    await value(`insert into ${table} select * from ${table} where number = 5`);
    await value(`create table hidden as select * from ${table}; delete from ${table} where number < 11`);
    await acknowledge(ledger, 100);
    await value(`insert into ${table} select * from hidden where number < 11; drop table hidden`);
    const { duplicated, stale, lost, data } = await ledger.readBack();
    assert.deepEqual([data, duplicated, lost], ['Corrupt', 1, 0]);
    assert.ok(stale > 0);
    await ledger.remove();
  });

  test('is Corrupt when a byte on the disk is flipped, by its own word or by that of the database', async (t) => {
    const ledger = await started(t);
    await acknowledge(ledger, 20);
    await ledger.stop();
    const path = join(postgres.data, await value(`select pg_relation_filepath('${await tableName()}')`));
    await value('checkpoint');
    await postgres.stop();
    flipByteIn(path, entryOf((await readHistory(stateDir)).beginning.id, 9).value);
    await postgres.start();
    const refusing = await ledger.readBack();
    assert.equal(refusing.data, 'Corrupt');
    assert.match(refusing.message, /the database says that its data is damaged: .*invalid page/);
    await value('alter role app set ignore_checksum_failure = on');
    t.after(() => value('alter role app reset ignore_checksum_failure'));
    const giving = await ledger.readBack();
    assert.deepEqual([giving.data, giving.corrupt, giving.lost], ['Corrupt', 1, 0]);
    assert.deepEqual(
      giving.examples.corrupt.map(({ number }) => number),
      [9],
    );
    await ledger.remove();
  });

  test('counts what the database refuses, which must not be there', async (t) => {
    const ledger = await started(t);
    await acknowledge(ledger, 20);
    let refused = 0;
    ledger.onOperation(({ outcome }) => {
      if (outcome === 'refused') refused += 1;
    });
    await value(`alter table ${await tableName()} add constraint less check (number < 0) not valid`);
    await until(() => refused >= 5);
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.deepEqual(result.refused, { there: 0, gone: refused });
    assert.match(readFileSync(join(stateDir, 'ledger.jsonl'), 'utf8'), /"why":"new row for relation/);
    await ledger.remove();
  });

  test('is Unknown when the database is away in the end', async (t) => {
    const ledger = await started(t);
    await acknowledge(ledger, 5);
    const nowhere = { kind: 'postgres', url: 'postgres://app@127.0.0.1:1/app' } as const;
    await ledger.stop();
    const result = await readBackLedger({ stateDir, readBackFrom: [nowhere], readBackMs: 200 }, systemClock);
    assert.equal(result.data, 'Unknown');
    assert.match(
      result.message,
      /could not be read back: postgres:\/\/app@127\.0\.0\.1:1\/app: .*ECONNREFUSED/,
    );
    await ledger.remove();
  });

  test('is not begun where nobody listens, nobody answers, or the table is refused', async (t) => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    t.after(() => silent.close());
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await value('create role stranger login');
    const urls = [
      'postgres://app@127.0.0.1:1/app',
      `postgres://app@127.0.0.1:${port}/app`,
      `postgres:///postgres?host=${postgres.socketDirectory}&user=stranger`,
    ];
    for (const url of urls)
      await assert.rejects(
        startLedger({ target: { kind: 'postgres', url }, stateDir, operationTimeoutMs: 300 }, systemClock),
        (error) => hasCode(error, 'ledger.unreachable'),
      );
  });

  test('is not begun with a password in a URL, nor where another was, and then makes nothing', async () => {
    const { url } = targetOf(postgres);
    const target = { kind: 'postgres', url: 'postgres://app:secret@db/app' } as const;
    for (const options of [{ target }, { target: targetOf(postgres), readBackFrom: [target] }])
      await assert.rejects(
        startLedger({ ...options, stateDir }, systemClock),
        (error) => hasCode(error, 'ledger.bad-url') && !error.message.includes('secret'),
      );
    writeFileSync(join(stateDir, 'ledger.jsonl'), '');
    await assert.rejects(startLedger({ target: { kind: 'postgres', url }, stateDir }, systemClock), (error) =>
      hasCode(error, 'ledger.state-in-use'),
    );
    assert.equal(await value('select count(*) from pg_tables where tablename like $$havock8s%$$'), '0');
  });

  async function started(t: TestContext, options: Partial<LedgerOptions> = {}): Promise<Ledger> {
    const ledger = await startLedger({ target: targetOf(postgres), stateDir, ...options }, systemClock);
    t.after(() => ledger.stop());
    return ledger;
  }

  async function value(sql: string): Promise<string> {
    const { code, stdout, stderr } = await postgres.query(sql);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }

  async function tableName(): Promise<string> {
    const { beginning } = await readHistory(stateDir);
    return `havock8s_ledger_${beginning.id}`;
  }
});

const targetOf = ({ socketDirectory }: Postgres) =>
  ({ kind: 'postgres', url: `postgres:///postgres?host=${socketDirectory}&user=app` }) as const;

/** A lock holds every writer in its INSERT. */
async function killWithWritesInFlight(postgres: Postgres, table: string): Promise<void> {
  const locked = postgres.query(`begin; lock table ${table} in exclusive mode; select pg_sleep(60)`);
  const waiting = `select count(*) from pg_stat_activity where wait_event_type = 'Lock'`;
  await until(async () => (await postgres.query(waiting)).stdout === '4\n', 60_000);
  await postgres.stop('SIGQUIT');
  await locked;
}

function flipByteIn(path: string, value: string): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(value, 0, 'latin1') + 20;
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.of((bytes[at] ?? 0) ^ 0x01), 0, 1, at);
  closeSync(file);
}
