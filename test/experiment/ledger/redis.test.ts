/** A real Redis, healthy, killed, promoted too early, and behind proxies that lie. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { hasCode } from '../../../core/havoc-error.js';
import { readHistory } from '../../../experiment/ledger/history-file.js';
import { type Ledger, type LedgerOptions, startLedger } from '../../../experiment/ledger/ledger.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { acknowledge } from './acknowledge.js';
import { type Lie, lyingProxy } from './lying-proxy.js';
import { RedisServer } from './redis-server.js';

describe('a ledger of Redis', { skip: needs('redis') }, () => {
  let folder: string;
  let redis: RedisServer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'havock8s-ledger-'));
    redis = await RedisServer.start(join(folder, 'primary'));
  });
  afterEach(async () => {
    await redis.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  test('is Intact when nothing happens to it, and leaves nothing behind', async (t) => {
    const ledger = await started(t, redis.url, { readers: 2 });
    await acknowledge(ledger, 120);
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.deepEqual([result.stale, result.corrupt, result.duplicated], [0, 0, 0]);
    assert.equal(result.registers, 'Ok');
    await ledger.remove();
    assert.equal(await redis.command('dbsize'), '0\n');
  });

  test('is Intact when it is killed under its writers and syncs its log at every write', async (t) => {
    const ledger = await started(t, redis.url);
    let unknown = 0;
    ledger.onOperation(({ outcome }) => {
      if (outcome === 'unknown') unknown += 1;
    });
    for (let kill = 0; kill < 3; kill += 1) {
      await acknowledge(ledger, 20);
      redis.signal('SIGSTOP');
      // Every writer is in a write by now, or will be when it is killed.
      const atMs = performance.now();
      await until(() => performance.now() > atMs + 200);
      await redis.kill();
      await redis.start();
    }
    await acknowledge(ledger, 20);
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.equal(result.registers, 'Ok', result.message);
    assert.ok(unknown >= 3 && result.unknown.there + result.unknown.gone === unknown, `${unknown} unknown`);
  });

  test('is Lost, with the right count, when a replica is promoted that was behind its killed primary', async (t) => {
    const replica = await RedisServer.start(join(folder, 'replica'));
    t.after(() => replica.kill());
    await replica.command('replicaof', '127.0.0.1', `${redis.port}`);
    const ledger = await started(t, redis.url, {
      readBackFrom: [{ kind: 'redis', url: replica.url }],
    });
    await acknowledge(ledger, 20);
    await until(async () => (await replica.command('info', 'replication')).includes('master_link_status:up'));
    await until(async () => (await replica.command('dbsize')) !== '0\n');
    await replica.command('replicaof', '127.0.0.1', '1');
    await acknowledge(ledger, 30);
    const used = await registersUsed();
    await until(async () => (await registersUsed()) >= used + 30, 60_000);
    await redis.kill();
    await replica.command('replicaof', 'no', 'one');
    const result = await ledger.readBack();
    await redis.start();
    const [kept, all] = [await numbersIn(replica), await numbersIn(redis)];
    const { writes } = await readHistory(join(folder, 'state'));
    const lost = [...all].filter(
      (number) => writes.outcomeOf(number) === 'acknowledged' && !kept.has(number),
    );
    assert.deepEqual([result.data, result.lost], ['Lost', lost.length], result.message);
    assert.ok(lost.length >= 30);
    assert.equal(result.registers, 'Illegal');
  });

  test('is Lost, every write of it, behind a proxy that answers without writing', async (t) => {
    const ledger = await started(t, await proxied(t, 'answers-without-writing'));
    await acknowledge(ledger, 30);
    const result = await ledger.readBack();
    assert.deepEqual([result.data, result.lost], ['Lost', result.acknowledged]);
    assert.equal(result.message, `${result.lost} of ${result.lost} acknowledged writes are lost`);
  });

  test('is Corrupt, every write there twice, behind a proxy that writes again', async (t) => {
    const ledger = await started(t, await proxied(t, 'writes-twice'));
    await acknowledge(ledger, 30);
    const result = await ledger.readBack();
    assert.deepEqual([result.data, result.lost, result.corrupt], ['Corrupt', 0, 0], result.message);
    assert.equal(result.duplicated, result.acknowledged);
  });

  test('counts what it refuses while it is a replica, and is Intact', async (t) => {
    const ledger = await started(t, redis.url);
    await acknowledge(ledger, 10);
    let refused = 0;
    ledger.onOperation(({ outcome }) => {
      if (outcome === 'refused') refused += 1;
    });
    await redis.command('replicaof', '127.0.0.1', '1');
    await until(() => refused >= 4);
    await redis.command('replicaof', 'no', 'one');
    await acknowledge(ledger, 10);
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.deepEqual(result.refused, { there: 0, gone: refused });
  });

  test('is not begun where a password is missing, and is with it', async (t) => {
    await redis.command('config', 'set', 'requirepass', 'secret');
    await assert.rejects(started(t, redis.url), (error) => hasCode(error, 'ledger.unreachable'));
    const target = { kind: 'redis', url: redis.url, password: 'secret' } as const;
    const ledger = await started(t, redis.url, { target });
    await acknowledge(ledger, 5);
    assert.equal((await ledger.readBack()).data, 'Intact');
  });

  async function started(t: TestContext, url: string, options: Partial<LedgerOptions> = {}): Promise<Ledger> {
    const ledger = await startLedger(
      { target: { kind: 'redis', url }, stateDir: join(folder, 'state'), ...options },
      systemClock,
    );
    t.after(() => ledger.stop());
    return ledger;
  }

  const registersUsed = async (): Promise<number> =>
    (await readHistory(join(folder, 'state'))).registerCalls.length;

  async function proxied(t: TestContext, lie: Lie): Promise<string> {
    const proxy = await lyingProxy(redis.port, lie);
    t.after(() => proxy.close());
    return proxy.url;
  }
});

async function numbersIn(redis: RedisServer): Promise<ReadonlySet<number>> {
  const lists = (await redis.command('--scan', '--pattern', '*:*')).trim().split('\n');
  const numbers = new Set<number>();
  for (const list of lists) {
    if ((await redis.command('type', list)) !== 'list\n') continue;
    for (const value of (await redis.command('lrange', list, '0', '-1')).trim().split('\n'))
      numbers.add(Number(value.split(' ')[0]));
  }
  return numbers;
}
