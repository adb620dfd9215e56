/** A real etcd: healthy, its leader killed, and one that comes back as it was before. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, type TestContext, test } from 'node:test';
import { systemClock } from '../../../core/clock.js';
import { hasCode } from '../../../core/havoc-error.js';
import { etcd } from '../../../experiment/ledger/databases/etcd.js';
import { entryOf } from '../../../experiment/ledger/entry.js';
import { readHistory } from '../../../experiment/ledger/history-file.js';
import { type Ledger, type LedgerOptions, startLedger } from '../../../experiment/ledger/ledger.js';
import { lastFirst } from '../../cli/last-first.js';
import { needs } from '../../needs.js';
import { until } from '../../sidecar/mounted/until.js';
import { freePort, portOf } from '../../sidecar/network/ports.js';
import { acknowledge } from './acknowledge.js';
import { EtcdServer } from './etcd-server.js';

describe('a ledger of etcd', { skip: needs('etcd') }, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'havock8s-ledger-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));

  test('is Intact and linearizable when nothing happens to it, and leaves nothing behind', async (t) => {
    const [member] = await started(t, 1);
    const ledger = await ledgerOf(t, member.url);
    await acknowledge(ledger, 60);
    await registersUsed(60);
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.deepEqual([result.registers, result.stale, result.duplicated], ['Ok', 0, 0], result.message);
    assert.ok(result.registerOperations >= 60);
    assert.ok((await member.count()) > 60);
    await ledger.remove();
    assert.equal(await member.count(), 0);
  });

  test('is Intact and linearizable when the leader of three is killed, whoever is read back', async (t) => {
    const members = await started(t, 3);
    const leaders = await Promise.all(members.map((member) => member.isLeader()));
    const leader = members[leaders.indexOf(true)];
    assert.ok(leader !== undefined && leaders.filter((is) => is).length === 1);
    const others = members.filter((member) => member !== leader);
    const readBackFrom = members.map(({ url }) => ({ kind: 'etcd', url }) as const);
    const ledger = await ledgerOf(t, others[0]?.url ?? '', { readBackFrom });
    await acknowledge(ledger, 40);
    await leader.kill();
    await acknowledge(ledger, 40);
    await leader.start();
    await acknowledge(ledger, 20);
    await registersUsed(60);
    const result = await ledger.readBack();
    assert.equal(result.data, 'Intact', result.message);
    assert.equal(result.registers, 'Ok', result.message);
  });

  test('is Lost and not linearizable when it comes back as it was a while ago', async (t) => {
    const [member] = await started(t, 1);
    const ledger = await ledgerOf(t, member.url);
    await acknowledge(ledger, 20);
    await registersUsed(30);
    await member.kill();
    const putBack = member.copy();
    await member.start();
    await acknowledge(ledger, 30);
    // A register that is written before anybody has read it tells nothing; more than once, one is read.
    for (let round = 0; round < 5; round += 1) {
      await registersUsed(40);
      await member.kill();
      putBack();
      await member.start();
      await acknowledge(ledger, 10);
    }
    const result = await ledger.readBack();
    assert.equal(result.data, 'Lost', result.message);
    assert.ok(result.lost >= 30, `${result.lost} lost`);
    assert.equal(result.registers, 'Illegal');
    assert.match(result.message, /lost; the answers of registers contradict each other: register-\d/);
  });

  test('sees a write that arrived twice, and one that was altered', async (t) => {
    const [member] = await started(t, 1);
    const ledger = await ledgerOf(t, member.url, { registerClients: 0 });
    await acknowledge(ledger, 10);
    await ledger.stop();
    const { beginning } = await readHistory(join(folder, 'state'));
    const space = `havock8s_ledger_${beginning.id}`;
    const target = { kind: 'etcd', url: member.url } as const;
    const other = await etcd.connect({ target, space, timeoutMs: 5_000, clock: systemClock });
    t.after(() => other.close());
    await other.write(entryOf(beginning.id, 2));
    const twice = await ledger.readBack();
    assert.deepEqual([twice.data, twice.duplicated, twice.registers], ['Corrupt', 1, null], twice.message);
    await other.write({ number: 3, value: 'other' });
    const altered = await ledger.readBack();
    assert.deepEqual([altered.corrupt, altered.lost], [2, 0]);
  });

  test('asks for the name and the password, where they are asked for', async (t) => {
    const [member] = await started(t, 1);
    const ask = (path: string, body: unknown): Promise<Response> =>
      fetch(`${member.url}/v3/auth/${path}`, { method: 'POST', body: JSON.stringify(body) });
    await ask('user/add', { name: 'root', password: 'secret' });
    await ask('user/grant', { user: 'root', role: 'root' });
    await ask('enable', {});
    await assert.rejects(ledgerOf(t, member.url), (error) => hasCode(error, 'ledger.unreachable'));
    const url = member.url.replace('//', '//root@');
    const ledger = await ledgerOf(t, url, { target: { kind: 'etcd', url, password: 'secret' } });
    await acknowledge(ledger, 5);
    assert.equal((await ledger.readBack()).data, 'Intact');
  });

  test('is not begun where something else answers', async (t) => {
    const other = createServer((_, response) => response.writeHead(404).end('no')).listen(0, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    await assert.rejects(
      ledgerOf(t, `http://127.0.0.1:${portOf(other)}`),
      /HTTP 404: what answers is no etcd/,
    );
    const nobody = `http://127.0.0.1:${await freePort()}`;
    await assert.rejects(ledgerOf(t, nobody), /cannot be reached: .*ECONNREFUSED/);
  });

  async function started(t: TestContext, count: number): Promise<readonly [EtcdServer, ...EtcdServer[]]> {
    const [first, ...others] = await EtcdServer.cluster(join(folder, 'etcd'), count);
    assert.ok(first !== undefined);
    for (const member of [first, ...others]) lastFirst(t, () => member.kill());
    return [first, ...others];
  }

  async function ledgerOf(
    t: TestContext,
    url: string,
    options: Partial<LedgerOptions> = {},
  ): Promise<Ledger> {
    const ledger = await startLedger(
      { target: { kind: 'etcd', url }, stateDir: join(folder, 'state'), ...options },
      systemClock,
    );
    lastFirst(t, () => ledger.stop());
    return ledger;
  }

  /** Resolves when so many more operations on registers are recorded. */
  async function registersUsed(more: number): Promise<void> {
    const used = async (): Promise<number> => (await readHistory(join(folder, 'state'))).registerCalls.length;
    const enough = (await used()) + more;
    await until(async () => (await used()) >= enough, 60_000);
  }
});
