import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { needs } from '../../../../../needs.js';
import { Postgres } from '../../../../../sidecar/mounted/databases/postgres.js';
import { freePort } from '../../../../../sidecar/network/ports.js';
import { reachableFolder } from '../../../../ledger/reachable-folder.js';
import { asked, askedPod, unsettled, whyOf } from './asked.js';

describe('PostgreSQL is asked for its role', { skip: needs('root', 'postgres') }, () => {
  let parent: string;
  let first: Postgres;
  let second: Postgres;
  let ports: { readonly first: number; readonly second: number };
  const how = { kind: 'postgres', at: { user: 'app' } } as const;
  before(async () => {
    parent = reachableFolder();
    ports = { first: await freePort(), second: await freePort() };
    const on = (port: number): readonly string[] => ['listen_addresses=127.0.0.1', `port=${port}`];
    first = await Postgres.create(parent, on(ports.first));
    second = await first.standby(parent, on(ports.second));
  });
  after(async () => {
    await second?.close();
    await first?.close();
    rmSync(parent, { recursive: true, force: true });
  });

  test('a primary and its replica have settled', async () => {
    const reading = await asked(ports, how);
    assert.deepEqual(reading.state, { kind: 'one', primaries: ['first'], unknown: [] });
    assert.equal(unsettled(reading), null);
    assert.match(
      whyOf(reading.pods.get('second')),
      /^in recovery, streams from (a primary|nobody at the moment)$/,
    );
  });

  test('a primary whose sessions begin read-only takes no writes, and has not settled', async () => {
    await first.query('alter system set default_transaction_read_only = on');
    await first.query('select pg_reload_conf()');
    const reading = await asked(ports, how);
    assert.match(unsettled(reading) ?? '', /^first is the primary and takes no writes/);
    await first.query('alter system reset default_transaction_read_only');
    await first.query('select pg_reload_conf()');
  });

  test('an account that is not let in: nothing is known, and it is said why', async () => {
    const role = await askedPod('first', ports.first, { kind: 'postgres', at: { user: 'nobody' } });
    assert.deepEqual(role, { kind: 'unknown', why: 'role "nobody" does not exist' });
  });

  test('the primary stopped: nobody can say which is the primary', async () => {
    await first.stop();
    const reading = await asked(ports, how);
    assert.deepEqual(reading.state, { kind: 'unknown', unknown: ['first'] });
    assert.match(whyOf(reading.pods.get('first')), /ECONNREFUSED/);
    await first.start();
  });

  test('promoted while the old primary goes on: split brain is seen', async () => {
    await second.promote();
    const reading = await asked(ports, how);
    assert.deepEqual(reading.state, { kind: 'two', primaries: ['first', 'second'], unknown: [] });
    assert.match(unsettled(reading) ?? '', /^split brain: first, second/);
    await first.stop();
    const { state } = await asked(ports, how);
    assert.deepEqual(state, { kind: 'one', primaries: ['second'], unknown: ['first'] });
  });
});
