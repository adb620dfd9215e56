/** What a pod that keeps ledgers does of what it is ordered, on a real Redis. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../../core/clock.js';
import type { LedgerOrder } from '../../../../experiment/ledger/pod/ledger-order.js';
import { PodLedger } from '../../../../experiment/ledger/pod/pod-ledger.js';
import { needs } from '../../../needs.js';
import { until } from '../../../sidecar/mounted/until.js';
import { RedisServer } from '../redis-server.js';

const runs = Array.from({ length: 6 }, (_, index) => `00000000-0000-4000-8000-00000000000${index}`);
const [run = ''] = runs;
const order = (want: LedgerOrder['want'], options: Partial<LedgerOrder> = {}): LedgerOrder => ({
  ...{ run, want, until: new Date(Date.now() + 600_000).toISOString() },
  ...{ writers: 2, readers: 1, operationTimeoutMs: 5000 },
  ...options,
});
const write = order('write');
const readBack = order('read-back');

describe('a pod that keeps ledgers', { skip: needs('redis') }, () => {
  let folder: string;
  let redis: RedisServer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'havock8s-pod-ledger-'));
    redis = await RedisServer.start(join(folder, 'redis'));
  });
  afterEach(async () => {
    await redis.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  function started(t: TestContext, readBackMs = 60_000): PodLedger {
    const ledger = new PodLedger({
      ...{ target: { kind: 'redis', url: redis.url }, stateDir: join(folder, 'state') },
      ...{ clock: systemClock, readBackMs, onState: () => {} },
    });
    t.after(() => ledger.close());
    return ledger;
  }

  const acknowledges = (ledger: PodLedger, least: number): Promise<void> =>
    until(() => (ledger.page().now?.acknowledged ?? 0) >= least);

  test('does nothing until it is asked, then writes, and says what it was answered', async (t) => {
    const ledger = started(t);
    await ledger.follow(null);
    assert.deepEqual([ledger.page().state, ledger.page().now, ledger.page().run], ['idle', null, null]);
    await ledger.follow(write);
    await acknowledges(ledger, 50);
    const { state, run: of, now, latency } = ledger.page();
    assert.deepEqual([state, of, now?.refused, now?.unknown, now?.wrongReads], ['writes', run, 0, 0, 0]);
    assert.ok((now?.perSecond ?? 0) > 0 && latency !== null && latency.p99Ms >= latency.p50Ms);
    await ledger.follow(write);
    assert.ok((ledger.page().now?.acknowledged ?? 0) >= 50, 'it is the same ledger');
  });

  test('reads back when it is asked to, leaves nothing in the database, and tells it as often as it is asked', async (t) => {
    const ledger = started(t);
    await ledger.follow(write);
    await acknowledges(ledger, 50);
    await ledger.follow(readBack);
    await ledger.follow(readBack);
    const [report] = ledger.reports();
    assert.deepEqual([ledger.page().state, report?.run, report?.result?.data], ['judged', run, 'Intact']);
    assert.equal(await redis.command('dbsize'), '0\n');
    const next = started(t);
    await next.follow(readBack);
    assert.deepEqual(next.reports(), ledger.reports());
    await next.follow(write);
    assert.deepEqual([next.page().state, next.page().now], ['judged', null], 'it is not begun once more');
  });

  test('says Lost, with the number, and leaves in the database what is there', async (t) => {
    const ledger = started(t);
    await ledger.follow(write);
    await acknowledges(ledger, 120);
    const key = (await redis.command('keys', 'havock8s_ledger_*:1')).trim();
    const lost = Number(await redis.command('llen', key));
    await redis.command('del', key);
    await ledger.follow(readBack);
    const [report] = ledger.reports();
    assert.equal(report?.result?.data, 'Lost', report?.message);
    assert.equal(report?.result?.lost, lost);
    assert.notEqual(await redis.command('dbsize'), '0\n');
  });

  test('that was started again writes no more, and still knows what was acknowledged', async (t) => {
    const before = started(t);
    await before.follow(write);
    await acknowledges(before, 50);
    await before.close();
    const ledger = started(t);
    await ledger.follow(write);
    assert.equal(ledger.page().state, 'ended');
    assert.match(ledger.page().message ?? '', /started again/);
    assert.equal(ledger.page().now, null, 'no figure is shown that nobody measures');
    await ledger.follow(readBack);
    const [report] = ledger.reports();
    assert.equal(report?.result?.data, 'Intact', report?.message);
    assert.ok((report?.result?.acknowledged ?? 0) >= 50);
  });

  test('that remembers nothing of a run says so, and judges nothing', async (t) => {
    const ledger = started(t);
    await ledger.follow(readBack);
    const [report] = ledger.reports();
    assert.equal(report?.result, null);
    assert.match(report?.message ?? '', /remembers nothing of this run/);
  });

  test('that cannot reach its database says Unknown, never Intact', async (t) => {
    const ledger = started(t, 300);
    await ledger.follow(write);
    await acknowledges(ledger, 20);
    await redis.kill();
    await ledger.follow(readBack);
    const [report] = ledger.reports();
    assert.equal(report?.result?.data, 'Unknown', report?.message);
  });

  test('ends at its time, whoever asked and is gone', async (t) => {
    const ledger = started(t);
    await ledger.follow(write);
    await acknowledges(ledger, 20);
    const over = order('write', { until: new Date(Date.now() - 1).toISOString() });
    await ledger.follow(over);
    assert.equal(ledger.page().state, 'ended');
    const { acknowledged } = ledger.page().now ?? {};
    await ledger.follow(order('read-back', { until: over.until }));
    const [report] = ledger.reports();
    assert.deepEqual([report?.result?.data, report?.result?.acknowledged], ['Intact', acknowledged]);
  });

  test('whose time was over before it began writes nothing', async (t) => {
    const ledger = started(t);
    await ledger.follow(order('write', { until: new Date(Date.now() - 1).toISOString() }));
    assert.deepEqual([ledger.page().state, ledger.page().now], ['ended', null]);
    assert.equal(await redis.command('dbsize'), '0\n');
  });

  test('ends when it is no longer asked for, and can still be read back', async (t) => {
    const ledger = started(t);
    await ledger.follow(write);
    await acknowledges(ledger, 20);
    await ledger.follow(null);
    assert.deepEqual([ledger.page().state, ledger.page().run], ['idle', null]);
    await ledger.follow(readBack);
    assert.equal(ledger.reports()[0]?.result?.data, 'Intact');
  });

  test('begins when its database is there, and says why it has not', async (t) => {
    await redis.kill();
    const ledger = started(t);
    await ledger.follow(write);
    assert.equal(ledger.page().state, 'failed');
    assert.match(ledger.page().message ?? '', /cannot be reached/);
    await redis.start();
    await until(async () => {
      await ledger.follow(write);
      return ledger.page().state === 'writes';
    });
  });

  test('forgets the oldest of many runs, and never the one that goes on', async (t) => {
    const ledger = started(t);
    for (const one of runs) {
      await ledger.follow(order('write', { run: one }));
      await acknowledges(ledger, 1);
      await ledger.follow(order('read-back', { run: one }));
    }
    assert.deepEqual(
      ledger.reports().map((report) => report.run),
      runs.slice(-4),
    );
    assert.deepEqual(readdirSync(join(folder, 'state')).toSorted(), runs.slice(-4));
  });

  test('keeps no folder of runs that it could not begin with, and nothing else that lies there', async (t) => {
    mkdirSync(join(folder, 'state', 'lost+found'), { recursive: true });
    await redis.kill();
    const ledger = started(t);
    for (const one of runs) {
      await ledger.follow(order('write', { run: one }));
      assert.equal(ledger.page().state, 'failed');
      await ledger.follow(null);
    }
    assert.deepEqual(readdirSync(join(folder, 'state')).toSorted(), [...runs.slice(-4), 'lost+found']);
  });
});
