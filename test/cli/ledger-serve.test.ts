/** `havock8s ledger serve` as its pod runs it, on a real Redis: ordered by a file of annotations, read by HTTP. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, type TestContext, test } from 'node:test';
import {
  type LedgerPage,
  type LedgerReports,
  ledgerPage,
  ledgerPaths,
  ledgerReports,
} from '../../experiment/ledger/pod/ledger-page.js';
import { LedgerPlace } from '../experiment/ledger/pod/ledger-place.js';
import { needs } from '../needs.js';
import { until } from '../sidecar/mounted/until.js';
import { errorOf, type Running, runCli } from './run-cli.js';

const run = '00000000-0000-4000-8000-000000000000';
const uid = '11111111-1111-4111-8111-111111111111';

describe('havock8s ledger serve', { skip: needs('redis') }, () => {
  let place: LedgerPlace;
  beforeEach(async () => {
    place = await LedgerPlace.create();
  });
  afterEach(() => place.close());

  function order(want: 'write' | 'read-back'): void {
    const until = new Date(Date.now() + 600_000).toISOString();
    const value = JSON.stringify({ run, want, until, writers: 2, readers: 1, operationTimeoutMs: 5000 });
    place.annotate({ a: 'b', 'havock8s.io/ledger-run': value });
  }

  async function served(t: TestContext): Promise<{ readonly running: Running; readonly url: string }> {
    const { running, port } = await place.serve(t, uid);
    return { running, url: `http://127.0.0.1:${port}` };
  }

  const now = async (url: string): Promise<LedgerPage> =>
    ledgerPage.parse(await (await fetch(url + ledgerPaths.now)).json());
  const reports = async (url: string): Promise<LedgerReports> =>
    ledgerReports.parse(await (await fetch(url + ledgerPaths.reports)).json());

  test('keeps a ledger for the run that its pod names, and shows what it was answered', async (t) => {
    const { running, url } = await served(t);
    assert.deepEqual(await now(url), {
      ...{ pod: uid, run: null, state: 'idle', message: null, now: null, latency: null },
    });
    order('write');
    await until(async () => ((await now(url)).now?.acknowledged ?? 0) >= 20);
    assert.equal((await now(url)).run, run);
    order('read-back');
    await until(async () => (await now(url)).state === 'judged');
    const { pod, reports: told } = await reports(url);
    assert.deepEqual([pod, told[0]?.run, told[0]?.result?.data], [uid, run, 'Intact']);
    running.child.kill('SIGTERM');
    assert.equal((await running.ended).code, 0);
  });

  test('is killed, and the next one reads back what it remembered', async (t) => {
    const first = await served(t);
    order('write');
    await until(async () => ((await now(first.url)).now?.acknowledged ?? 0) >= 20);
    first.running.child.kill('SIGKILL');
    await first.running.ended;
    const { url } = await served(t);
    await until(async () => (await now(url)).state === 'ended');
    order('read-back');
    await until(async () => (await now(url)).state === 'judged');
    const [report] = (await reports(url)).reports;
    assert.equal(report?.result?.data, 'Intact', report?.message);
    assert.ok((report?.result?.acknowledged ?? 0) >= 20);
  });

  test('lets nobody change anything by HTTP, and no annotation that is no order', async (t) => {
    const { running, url } = await served(t);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      assert.equal((await fetch(url + ledgerPaths.now, { method })).status, 405);
    assert.equal((await fetch(`${url}/v1/faults`)).status, 404);
    place.annotate({ 'havock8s.io/ledger-run': '{"run":"../../x"}' });
    await running.says(/ledger\.bad-order/);
    assert.equal((await now(url)).state, 'idle');
    assert.equal(await place.redis.command('dbsize'), '0\n');
  });

  test('says at once what is wrong with its command line, and writes nothing', async (t) => {
    const ran = await runCli(t, ['ledger', 'serve', '--port', '99999', '--state', '', '-o', 'json']);
    assert.equal(ran.code, 2);
    assert.equal(errorOf(ran).problems?.length, 3, ran.stderr);
  });
});
