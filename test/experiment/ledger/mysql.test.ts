/** A real MariaDB: healthy, killed, and a replica that is promoted too early. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { hasCode } from '../../../core/havoc-error.js';
import { readHistory } from '../../../experiment/ledger/history-file.js';
import { type Ledger, type LedgerOptions, startLedger } from '../../../experiment/ledger/ledger.js';
import { lastFirst } from '../../cli/last-first.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { acknowledge } from './acknowledge.js';
import { MariadbServer } from './mariadb-server.js';

describe('a ledger of MySQL and MariaDB', { skip: needs('mariadb') }, () => {
  let folder: string;
  let stateDir: string;
  let mariadb: MariadbServer;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'havock8s-ledger-'));
    mariadb = await MariadbServer.create(join(folder, 'primary'));
  });
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'havock8s-ledger-'));
  });
  afterEach(async () => {
    await mariadb.kill();
    rmSync(stateDir, { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  test('is Intact when the server is killed under its writers, and leaves nothing behind', async (t) => {
    await mariadb.start();
    const ledger = await started(t);
    for (let kill = 0; kill < 2; kill += 1) {
      await acknowledge(ledger, 20);
      const table = await tableName();
      const locked = assert.rejects(mariadb.query(`lock table ${table} write; select sleep(60)`));
      await until(async () => Number(await mariadb.query(waiting)) >= 4, 60_000);
      await mariadb.kill();
      await locked;
      await mariadb.start();
    }
    await acknowledge(ledger, 20);
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.ok(result.unknown.there + result.unknown.gone >= 4, JSON.stringify(result.unknown));
    assert.equal(result.registers, null);
    await ledger.remove();
    assert.equal(await mariadb.query(`show tables like 'havock8s%'`), '');
  });

  test('is Lost, with the right count, when a replica is promoted that was behind its killed primary', async (t) => {
    const primary = await MariadbServer.create(join(folder, 'with-replica'));
    const replica = await MariadbServer.create(join(folder, 'replica'));
    for (const server of [primary, replica]) lastFirst(t, () => server.kill());
    await primary.start(['--log-bin', '--server-id=1']);
    await replica.start(['--server-id=2']);
    await replica.query(
      `change master to master_host='127.0.0.1', master_port=${primary.port}, master_user='root', master_log_file='${await logFileOf(primary)}', master_log_pos=4; start slave`,
    );
    const ledger = await started(t, {
      target: { kind: 'mysql', url: primary.url },
      readBackFrom: [{ kind: 'mysql', url: replica.url }],
    });
    await acknowledge(ledger, 20);
    const count = `select count(*) from ${await tableName()}`;
    await until(async () => Number(await replica.query(count).catch(() => '0')) >= 10, 30_000);
    await replica.query('stop slave');
    await acknowledge(ledger, 30);
    await primary.kill();
    const result = await ledger.readBack();
    assert.equal(result.data, 'Lost', result.message);
    assert.ok(result.lost >= 30);
    const there = Number(await replica.query(count));
    assert.equal(result.acknowledged - result.lost + result.unknown.there, there);
  });

  test('sees a row that is there twice, one that is altered, and what is refused', async (t) => {
    await mariadb.start();
    const ledger = await started(t);
    await acknowledge(ledger, 10);
    const table = await tableName();
    await mariadb.query(
      `insert into ${table} (number, value) select number, value from ${table} where number = 2`,
    );
    await mariadb.query(`update ${table} set value = concat(value, '!') where number = 3`);
    let refused = 0;
    ledger.onOperation(({ outcome }) => {
      if (outcome === 'refused') refused += 1;
    });
    await mariadb.query(
      `create trigger ${table}_no before insert on ${table} for each row signal sqlstate '45000' set message_text = 'no'`,
    );
    await until(() => refused >= 3);
    const result = await ledger.readBack();
    assert.deepEqual([result.duplicated, result.corrupt, result.lost], [1, 1, 0], result.message);
    assert.deepEqual(result.refused, { there: 0, gone: refused });
    await ledger.remove();
  });

  test('is not begun with a wrong password, and is with the right one', async (t) => {
    await mariadb.start();
    await mariadb.query(
      `create user app@'127.0.0.1' identified by 'secret'; grant all on app.* to app@'127.0.0.1'`,
    );
    const url = mariadb.url.replace('root', 'app');
    const target = { kind: 'mysql', url, password: 'other' } as const;
    await assert.rejects(started(t, { target }), (error) => hasCode(error, 'ledger.unreachable'));
    const ledger = await started(t, { target: { ...target, password: 'secret' } });
    await acknowledge(ledger, 5);
    assert.equal((await ledger.readBack()).data, 'Intact');
    await ledger.remove();
  });

  async function started(t: TestContext, options: Partial<LedgerOptions> = {}): Promise<Ledger> {
    const target = { kind: 'mysql', url: mariadb.url } as const;
    const ledger = await startLedger({ target, stateDir, ...options }, systemClock);
    lastFirst(t, () => ledger.stop());
    return ledger;
  }

  async function tableName(): Promise<string> {
    const { beginning } = await readHistory(stateDir);
    return `havock8s_ledger_${beginning.id}`;
  }
});

const waiting = `select count(*) from information_schema.processlist where state like 'Waiting for table%'`;

const logFileOf = async (primary: MariadbServer): Promise<string> =>
  (await primary.query('show master status')).split('\t')[0] ?? '';
