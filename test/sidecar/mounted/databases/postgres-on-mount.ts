/** PostgreSQL under each disk fault: it may slow down, complain or crash, but loses and spoils nothing. */
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { needs } from '../../../needs.js';
import { killFaultProxy } from '../kill-fault-proxy.js';
import { type MountedDisk, mountDisk } from '../mounted-disk.js';
import { until } from '../until.js';
import { Ledger } from './ledger.js';
import { Postgres } from './postgres.js';

export interface Work {
  /** Under each fault that only slows it down. */
  readonly seconds: number;
  /** Transactions a second; as many as it can without it. */
  readonly rate?: number;
}

/** Faults that only slow it down. */
const slowing = [
  'disk latency 10ms jitter 10ms on fsync in pgdata/pg_wal/**',
  'disk latency 2ms on read,write chance 10%',
  'disk throttle 2000 iops',
  'disk short 4096 on write in pgdata/pg_wal/**',
  'disk freeze on fsync for 1s',
];

export function postgresOnMount({ seconds, rate }: Work): void {
  const limit = rate === undefined ? [] : [`--rate=${rate}`];
  describe('PostgreSQL on the mount', { skip: needs('root', 'fuse', 'postgres') }, () => {
    let disk: MountedDisk;
    let postgres: Postgres;
    let ledger: Ledger;
    before(async () => {
      disk = await mountDisk();
      postgres = await Postgres.create(disk.mount);
      await postgres.fill(1);
    });
    beforeEach(async () => {
      ledger = await Ledger.open(postgres);
      ledger.start();
      await acknowledgedMore(50);
    });
    afterEach(async () => {
      await disk.control.disarmAll();
      const missing = await ledger.missing();
      assert.deepEqual(missing, [], 'acknowledged, and gone');
      assert.equal(await postgres.verify(), '');
    });
    after(async () => {
      await postgres?.close();
      await disk?.close();
    });

    // With a rate the data is looked at once after all of them, and without one after each.
    for (const sentences of rate === undefined ? slowing.map((one) => [one]) : [slowing])
      test(`fails no transaction under: ${sentences.join('; ')}`, async () => {
        for (const sentence of sentences) {
          await disk.control.arm('fault', sentence);
          const { code, stdout, stderr } = await postgres.bench(seconds, ...limit);
          const { tallies } = await disk.control.fault('fault');
          await disk.control.disarm('fault');
          assert.equal(code, 0, `${sentence}: ${stderr}`);
          assert.match(stdout, /number of failed transactions: 0 /, sentence);
          assert.deepEqual(ledger.refused, [], sentence);
          assert.ok(tallies.matched > 0, `${sentence}: the fault never met anything`);
        }
      });

    test('says that its disk fails while the tables cannot be read, and works again when they can', async () => {
      const table = await fileOf('pgbench_accounts');
      await postgres.stop();
      await disk.control.arm('fault', `disk error EIO on read in pgdata/${table}`);
      await postgres.start();
      const during = await postgres.query('select sum(abalance) from pgbench_accounts');
      await disk.control.disarm('fault');
      const after = await postgres.query('select count(*) from pgbench_accounts');
      assert.match(during.stderr, /Input\/output error/);
      assert.equal(after.stdout.trim(), '100000');
    });

    test('notices each page that comes back corrupted, and finds it whole afterwards', async () => {
      const table = await fileOf('pgbench_accounts');
      await postgres.stop();
      await disk.control.arm('fault', `disk corrupt 1 bits on read in pgdata/${table}`);
      await postgres.start();
      const during = await postgres.query('select sum(abalance) from pgbench_accounts');
      await disk.control.disarm('fault');
      const after = await postgres.query('select count(*) from pgbench_accounts');
      assert.match(during.stderr, /invalid page in block/);
      assert.equal(after.stdout.trim(), '100000');
    });

    test('refuses what does not fit on a full disk, and goes on when there is room', async () => {
      await disk.control.arm('fault', 'disk full after 2Mi in pgdata/base/**');
      const during = await postgres.query(
        "create table filler as select repeat('x', 1000) from generate_series(1, 20000)",
      );
      await disk.control.disarm('fault');
      const after = await postgres.query(
        "create table filler as select repeat('x', 1000) from generate_series(1, 20000); drop table filler",
      );
      assert.match(during.stderr, /No space left on device/);
      assert.equal(after.code, 0, after.stderr);
      await acknowledgedMore(50);
    });

    test('panics when its log cannot be synced, and recovers everything', async () => {
      await disk.control.arm('fault', 'disk error EIO on fsync in pgdata/pg_wal/** first 3');
      await until(() => postgres.hasSaid(/PANIC/));
      await disk.control.disarm('fault');
      await postgres.awaitReady();
      await acknowledgedMore(50);
    });

    test('recovers from its own death in the midst of slow writes', async () => {
      await disk.control.arm('fault', 'disk latency 20ms on write,fsync');
      await acknowledgedMore(20);
      await postgres.stop('SIGQUIT');
      await disk.control.disarm('fault');
      await postgres.start();
      await acknowledgedMore(50);
    });

    test('notices nothing of the death of the fault proxy', async () => {
      for (let kill = 0; kill < 3; kill += 1) {
        await killFaultProxy(disk);
        await acknowledgedMore(50);
      }
      assert.deepEqual(ledger.refused, []);
    });

    async function acknowledgedMore(rows: number): Promise<void> {
      const goal = ledger.acknowledged.size + rows;
      await until(() => ledger.acknowledged.size >= goal);
    }

    async function fileOf(table: string): Promise<string> {
      return (await postgres.query(`select pg_relation_filepath('${table}')`)).stdout.trim();
    }
  });
}
